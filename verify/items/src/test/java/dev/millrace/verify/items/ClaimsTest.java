package dev.millrace.verify.items;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.verify.items.Claims.Claim;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The gate sees who claims what, and whom it must not believe.
class ClaimsTest {
    private static final String AT = "@";

    /// `+` stands for an at sign, so that the gate does not read this file's plants as claims.
    private static List<Claim> in(String body) {
        return Claims.in("PlantedTest.java", "class PlantedTest {\n" + body.replace("+", AT) + "\n}\n");
    }

    @Test
    void in_tests_areNamedWithTheirClass() {
        assertEquals(
                List.of(
                        new Claim("A-01", "PlantedTest#one", ""), new Claim("A-02", "PlantedTest#two", ""),
                        new Claim("B-01", "PlantedTest#two", ""), new Claim("C-01", "PlantedTest.Inner#three", "")),
                in("""
                        +Test +Item("A-01") void one() {}
                        +ParameterizedTest(name = "(x)")
                        +dev.millrace.verify.Item(value = { "A-02",
                            "B-01" })
                        <T> void two(int n) {}
                        +Nested class Inner {
                            +Item({"C-01"}) // behind which
                            +RepeatedTest(3) void three() {}
                        }"""));
    }

    @Test
    void in_commentsAndTexts_areNoClaims() {
        assertEquals(List.of(), in("""
                /// +Item("A-01")
                // +Item("A-02")
                /* +Item("A-03") */
                +Test void one() { String text = "+Item(\\"A-04\\")"; }"""));
    }

    @Test
    void in_whatProvesNothing_isSaid() {
        assertEquals(List.of(new Claim("A-01", "PlantedTest#one", "is no test")), in("+Item(\"A-01\") void one() {}"));
        assertEquals(
                List.of(new Claim("A-01", "PlantedTest#one", "is disabled")),
                in("+Test +Disabled(\"later\") +Item(\"A-01\") void one() {}"));
        assertEquals(
                List.of(new Claim("A-01", "PlantedTest.Inner#one", "is disabled")),
                in("+Nested +DisabledOnOs(OS.LINUX) class Inner { +Test +Item(\"A-01\") void one() {} }"));
        assertEquals(
                List.of(new Claim("A-01", "PlantedTest#one", "does not run in every build")),
                in("+Test +EnabledIfSystemProperty(named = \"x\") +Item(\"A-01\") void one() {}"));
        assertEquals(
                List.of(new Claim("A-01", "PlantedTest.Inner", "is no method")), in("+Item(\"A-01\") class Inner {}"));
    }

    @Test
    void in_idThatIsNoLiteral_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> in("+Test +Item(ID) void one() {}"));
    }
}
