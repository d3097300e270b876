package dev.millrace.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @ValueSource(strings = {"localhost:80", ":0", "127.0.0.1:65535", "[::1]:8080", "[fe80::1%eth0]:1", "a.b-c_d:7"})
    void parse_ofAnAddress_writesItAgain(String address) {
        assertEquals(address, HostPort.parse(address).toString());
    }

    @ParameterizedTest
    @CsvSource({"localhost, missing port in address", "localhost:, missing port in address", "::1, too many colons",
        "[::1], missing port", "[::1:80, missing ']'", "[::1]80:1, too many colons", "a:b:1, too many colons",
        "a:http, 'must be a number from 0 to 65535, was \"http\"'", "a:-1, must be a number",
        "a:65536, must be a number",
        "a:99999999999999999999, must be a number", "'a b:1', host must have no brackets", "a[b]:1, host must have"})
    void parse_ofSomethingElse_saysWhatIsWrong(String address, String why) {
        var e = assertThrows(IllegalArgumentException.class, () -> HostPort.parse(address));
        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertTrue(e.getMessage().startsWith("address \"" + address + "\": "), e.getMessage());
        assertTrue(e.getMessage().contains("expected host:port"), e.getMessage());
    }

    @Test
    void parse_ofHostileText_showsNoControlCharactersAndNotAllOfIt() {
        var e = assertThrows(IllegalArgumentException.class,
                () -> HostPort.parse("a\r\nSet: x\u0000:" + "9".repeat(5000)));
        assertFalse(e.getMessage().contains("\n") || e.getMessage().contains("\u0000"), e.getMessage());
        assertTrue(e.getMessage().length() < 500, e.getMessage());
    }

    @Test
    void constructor_withAWrongPort_refusesIt() {
        assertEquals("port must be from 0 to 65535, was -1",
                assertThrows(IllegalArgumentException.class, () -> new HostPort("a", -1)).getMessage());
    }
}
