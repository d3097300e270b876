package dev.millrace.internal;

/// Some nanoseconds between two reads: so more happens between them. Touches no memory, so a compiler that may answer the second read by
/// the first still may.
public final class Pause {
    private static int sink;

    private Pause() {}

    /// Answers `read`, which must have been read by then.
    public static int after(int read) {
        int x = read;
        for (int i = 0; i < 30 + read; i++) {
            x = 31 * x + i;
        }
        if (x == 77) {
            sink = x;
        }
        return read;
    }
}
