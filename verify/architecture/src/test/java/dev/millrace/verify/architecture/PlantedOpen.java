package dev.millrace.verify.architecture;

/// Open without being meant so: the canary test must see it.
public interface PlantedOpen {
    /// One.
    void one();

    /// Two.
    void two();
}
