package dev.millrace.internal;

/// An object that is itself and nothing else, with a name for people.
record Mark(String name) {
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return name;
    }
}
