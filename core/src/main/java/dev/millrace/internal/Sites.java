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
    static @Nullable StackTraceElement ofMaking() {
        return Debug.on() ? caller() : null;
    }

    /// The end of a message about an object that was made at `site`; empty when that is not known.
    static String madeAt(@Nullable StackTraceElement site, boolean first) {
        return site == null ? "" : (first ? ": " : "; ") + "made at " + text(site);
    }

    /// Whether a frame of the class called `type` is the library's or the JDK's.
    public static boolean isOurs(String type) {
        if (!type.startsWith(ROOT)) {
            return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.");
        }
        int end = type.indexOf('.', ROOT.length());
        return end > 0 && OURS.contains(type.substring(ROOT.length(), end)) && !type.contains("Test");
    }
}
