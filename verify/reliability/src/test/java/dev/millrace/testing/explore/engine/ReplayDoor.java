package dev.millrace.testing.explore.engine;

/// Choices that were written down, for those who try bad input.
public final class ReplayDoor {
    private static final int CHOICES = 2;

    private ReplayDoor() {}

    /// A number that a run does not have is no bad text: it is of another program, and that is a divergence, in these words.
    public static void read(String choices) {
        Replay.occasion(choices);
        try {
            new Replay(choices, true).number(1, CHOICES);
        } catch (Divergence e) {
            if (!String.valueOf(e.getMessage()).endsWith("it must be below " + CHOICES)) {
                throw e;
            }
        }
    }
}
