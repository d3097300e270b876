package dev.millrace.jfr.internal;

/// The text of a user's exception.
///
/// It is asked of the exception, so a user's code may run; but none does on the thread of the timers, which is where deadlines pass: there
/// the text is left out when its class makes it itself.
final class CauseText {
    private static final int MOST = 1_000;

    private static final ClassValue<Boolean> PLAIN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return type.getMethod("getMessage").getDeclaringClass() == Throwable.class;
            } catch (NoSuchMethodException | LinkageError e) {
                return false;
            }
        }
    };

    private CauseText() {}

    static String of(Throwable cause, boolean byTimer) {
        if (byTimer && !PLAIN.get(cause.getClass())) {
            return "";
        }
        String text;
        try {
            text = cause.getMessage();
        } catch (Throwable t) {
            text = "(its text cannot be had: " + t.getClass().getName() + ")";
        }
        return text == null ? "" : text.length() <= MOST ? text : text.substring(0, MOST) + "…";
    }
}
