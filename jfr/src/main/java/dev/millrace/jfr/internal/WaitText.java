package dev.millrace.jfr.internal;

/// What a wait is for, without what changes while it lasts: `chan receive on channel "jobs" (3 of 8)` is a `chan receive` of `channel "jobs"`.
/// So events can be grouped.
///
/// @param operation in Go's words
/// @param object with its name where it has one; empty when the operation says all
record WaitText(String operation, String object) {
    static WaitText of(Object waitsFor) {
        String text;
        try {
            text = waitsFor.toString();
        } catch (Throwable t) { // an object of ours that shows one of a user's
            return new WaitText(waitsFor.getClass().getName(), "");
        }
        String steady = withoutState(text);
        for (String middle : new String[] {" on ", " of ", " under "}) {
            int at = outsideQuotes(steady, middle);
            if (at > 0) {
                return new WaitText(withoutNumbers(steady.substring(0, at)), steady.substring(at + middle.length()));
            }
        }
        int name = steady.indexOf(" \"");
        return name < 0 ? new WaitText(steady, "")
                : new WaitText(steady.substring(0, name), steady.substring(name + 1));
    }

    /// Up to what follows in brackets or after a colon.
    private static String withoutState(String text) {
        int bracket = outsideQuotes(text, " (");
        int colon = outsideQuotes(text, ": ");
        int end = bracket < 0 ? colon : colon < 0 ? bracket : Math.min(bracket, colon);
        return end <= 0 ? text : text.substring(0, end);
    }

    /// `sleep 300 ms` is a `sleep`, `semacquire 2` a `semacquire`.
    private static String withoutNumbers(String operation) {
        for (int i = 1; i < operation.length(); i++) {
            if (operation.charAt(i - 1) == ' ' && Character.isDigit(operation.charAt(i))) {
                return operation.substring(0, i - 1);
            }
        }
        return operation;
    }

    /// Where `part` stands first, not within a name; -1 for nowhere.
    private static int outsideQuotes(String text, String part) {
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                quoted = !quoted;
            } else if (!quoted && text.startsWith(part, i)) {
                return i;
            }
        }
        return -1;
    }
}
