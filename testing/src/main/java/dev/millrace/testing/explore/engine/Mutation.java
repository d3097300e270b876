package dev.millrace.testing.explore.engine;

/// A fault that is planted while a class is loaded. To see that a suite finds it.
///
/// @param kind what is done there
/// @param owner the class, as in Java
/// @param method the method in it; of several with one name the places are counted on
/// @param what what it is done to: the name of the method that is called, or of the field
/// @param occurrence which of those in the method, from 0
public record Mutation(Kind kind, String owner, String method, String what, int occurrence) implements Planting {
    /// What can be wrong.
    public enum Kind {
        /// The call does not happen. It answers true, null or 1; the list as it was, of a method that changes one.
        LEFT_OUT("without its call"),

        /// An atomic update of a handle is a read, a comparison, and a write.
        CHECK_THEN_SET("not atomic at"),

        /// A write that others are to see is a plain one.
        PLAIN("plain at"),

        /// A lock is not taken, nor given back, by who calls here.
        UNLOCKED("without the lock of its call"),

        /// A condition on what others may change is not looked at: it never jumps.
        NEVER("never jumping after"),

        /// The same: it always jumps.
        ALWAYS("always jumping after");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /// A call that is left out.
    public Mutation(String owner, String method, String call, int occurrence) {
        this(Kind.LEFT_OUT, owner, method, call, occurrence);
    }

    @Override
    public String toString() {
        return owner.substring(owner.lastIndexOf('.') + 1) + "." + method + " " + kind.text + " " + what
                + (occurrence == 0 ? "" : " #" + occurrence);
    }
}
