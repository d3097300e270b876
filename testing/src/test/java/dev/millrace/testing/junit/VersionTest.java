package dev.millrace.testing.junit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// The tests of this package run with two versions of JUnit: here with the one that is meant.
class VersionTest {
    @Test
    void version_isTheOneThatIsMeant() {
        String meant = System.getProperty("millrace.junit", "6.");
        String jar = Test.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        assertTrue(jar.contains("junit-jupiter-api-" + meant), jar);
    }
}
