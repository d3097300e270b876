package dev.millrace.verify.architecture;

/// Open by its name: the canary test must leave it alone.
public interface PlantedSource {
    /// One.
    void one();

    /// Two.
    void two();
}
