package dev.millrace.verify.jcstress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// In each build: the twins can still be made of the library as it is now. Whether they are found is for `-Pjcstress`.
class TwinsTest {
    static List<Twin> twins() {
        return Twins.ALL;
    }

    @ParameterizedTest
    @MethodSource("twins")
    void twin_ofTheLibraryNow_isMadeAndVerifies(Twin twin, @TempDir Path to) throws IOException {
        Weakener.write(twin.edits(), to);
        List<Path> written;
        try (var files = Files.walk(to)) {
            written = files.filter(Files::isRegularFile).toList();
        }
        assertEquals(twin.edits().stream().map(Edit::owner).distinct().count(), written.size());
        for (Path file : written) {
            byte[] changed = Files.readAllBytes(file);
            assertEquals(List.of(), ClassFile.of().verify(changed));
            assertFalse(java.util.Arrays.equals(original(to.relativize(file)), changed), "nothing has changed");
        }
    }

    private static byte[] original(Path file) throws IOException {
        try (var in = TwinsTest.class.getClassLoader().getResourceAsStream(file.toString().replace('\\', '/'))) {
            return in.readAllBytes();
        }
    }

    @Test
    void twins_ofEachTest_haveOneThatMustBeFound() throws IOException {
        List<String> tests = Suite.tests();
        assertTrue(tests.size() > 15, () -> "the list of jcstress: " + tests);
        var without = tests.stream()
                .filter(test -> Twins.ALL.stream().noneMatch(t -> t.shown() && t.test().equals(test)))
                .toList();
        // What is sent is published by many accesses: on x86 no weaker one shows.
        assertEquals(
                List.of("ChanHandshakes.SendOfNewObjectPublishes", "ChanHandshakes.TrySendPublishes"), without);
        for (Twin twin : Twins.ALL) {
            assertTrue(tests.contains(twin.test()), twin::name);
        }
    }

    @Test
    void edit_ofWhatIsNotThere_isRefused(@TempDir Path to) {
        var gone = new Edit.Plain("dev.millrace.internal.Waiter", "gone");
        assertThrows(IllegalStateException.class, () -> Weakener.write(List.of(gone), to));
    }
}
