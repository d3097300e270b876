package dev.millrace.internal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the line of the user's code from which the library was called.
public final class Sites {
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final String ROOT = "dev.millrace.";

    /// The packages whose frames are passed over. Not by prefix: examples and tests are users too.
    private static final Set<String> OURS = Set.of(
            "context", "chan", "go", "sync", "atomic", "group", "time", "pipeline", "probe", "internal", "jvm",
            "testing");

    private Sites() {}

    /// The first frame below that is not the library's. Takes about a microsecond.
    public static @Nullable StackTraceElement caller() {
        return WALKER.walk(frames -> frames.filter(f -> !isOurs(f.getClassName()))
                .findFirst()
                .map(StackWalker.StackFrame::toStackTraceElement)
                .orElse(null));
    }

    /// `Pages.java:12`.
    static String text(@Nullable StackTraceElement site) {
        return site == null ? "an unknown line" : site.getFileName() + ":" + site.getLineNumber();
    }

    /// Where an object was made, when that is to be known later: in debug mode only.
    public static @Nullable StackTraceElement ofMaking() {
        return Debug.on() ? caller() : null;
    }

    /// The end of a message about an object that was made at `site`; empty when that is not known.
    public static String madeAt(@Nullable StackTraceElement site, boolean first) {
        return site == null ? "" : (first ? ": " : "; ") + "made at " + text(site);
    }

    /// `Pages.java:12`; without a file the method.
    public static String place(StackTraceElement frame) {
        return frame.getFileName() == null
                ? frame.getClassName() + "." + frame.getMethodName()
                : frame.getFileName() + ":" + frame.getLineNumber();
    }

    /// A frame as stacks show it, without modules and their versions: `shop.Reader.read(Reader.java:31)`.
    public static String frame(StackTraceElement frame) {
        String file = frame.getFileName();
        String where = frame.isNativeMethod() ? "Native Method" : file == null ? "Unknown Source"
                : frame.getLineNumber() < 0 ? file : file + ":" + frame.getLineNumber();
        return frame.getClassName() + "." + frame.getMethodName() + "(" + where + ")";
    }

    /// The JDK's method that the user's code has called, of a thread that stands in one: `SocketInputStream.read`. Else empty.
    public static String jdkCall(StackTraceElement[] stack) {
        String last = "";
        for (StackTraceElement frame : stack) {
            if (!isJdk(frame.getClassName())) {
                return last;
            }
            String type = frame.getClassName();
            last = type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
        }
        return "";
    }

    /// The line of the user's code where a thread stands; empty when there is none.
    public static String userPlace(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (!isOurs(frame.getClassName())) {
                return place(frame);
            }
        }
        return "";
    }

    public static boolean isJdk(String type) {
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
    }

    /// Whether a frame of the class called `type` is the library's or the JDK's.
    public static boolean isOurs(String type) {
        if (!type.startsWith(ROOT)) {
            return isJdk(type);
        }
        int end = type.indexOf('.', ROOT.length());
        return end > 0 && OURS.contains(type.substring(ROOT.length(), end)) && !type.contains("Test");
    }
}
