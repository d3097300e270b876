package dev.millrace.jfr.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.Context;
import dev.millrace.jfr.Named;
import dev.millrace.jfr.Recorded;
import dev.millrace.sync.WaitGroup;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When the probe is there.
class JfrSourceTest {
    private static final Context BG = Context.background();

    @BeforeEach
    void use() {
        var wg = new WaitGroup();
        wg.go(() -> {}); // the library's first use begins the source
        wg.await();
    }

    /// What core tells things to: null, so that it tells nothing to anybody. By reflection: it is not for this module.
    private static Object tap() throws ReflectiveOperationException {
        return Class.forName("dev.millrace.internal.Tap").getMethod("current").invoke(null);
    }

    @Test
    void probe_withoutRecording_isNotInstalled() throws Exception {
        assertFalse(JfrSource.isInstalled());
        assertNull(tap());
    }

    @Test
    void probe_withRecordingOfOtherThings_isNotInstalled() throws Exception {
        Recorded r = Recorded.during(Recorded.only(List.of("Task", "Region", "Log")), () -> {
            assertFalse(JfrSource.isInstalled());
            BG.sleep(Duration.ofMillis(1));
        });
        assertEquals(List.of(), r.events());
    }

    @Test
    void probe_withAnyOfItsEvents_isInstalledWhileItIsRecorded() throws Exception {
        for (String each : List.of("Cancel", "Blocked", "GoroutineStart", "GoroutineEnd")) {
            Recorded.during(Recorded.only(List.of(each)), () -> {
                assertTrue(JfrSource.isInstalled(), each);
                assertNotNull(tap(), each);
            });
            assertFalse(JfrSource.isInstalled(), each);
            assertNull(tap(), each);
        }
    }

    @Test
    void probe_withTwoRecordings_staysForTheOther() throws Exception {
        try (var other = new Recording()) {
            Recorded.only(List.of("Cancel")).accept(other);
            other.start();
            Recorded.during(Recorded.only(List.of("Blocked")), () -> assertTrue(JfrSource.isInstalled()));
            assertTrue(JfrSource.isInstalled());
        }
        assertFalse(JfrSource.isInstalled());
    }

    @Test
    void probe_settingsChangedMeanwhile_follows() throws Exception {
        try (var recording = new Recording()) {
            Recorded.only(List.of()).accept(recording);
            recording.enable("dev.millrace.GoroutineStatistics").withPeriod(Duration.ofMillis(20));
            recording.start();
            assertFalse(JfrSource.isInstalled());
            recording.enable("dev.millrace.Blocked");
            long start = System.nanoTime();
            while (!JfrSource.isInstalled()) {
                assertTrue(System.nanoTime() - start < 20_000_000_000L, "not noticed");
                Thread.onSpinWait();
            }
        }
        assertFalse(JfrSource.isInstalled());
    }

    @Test
    void wait_begunBeforeTheRecording_isNotRecorded_andHarmsNobody() throws Exception {
        var chan = dev.millrace.chan.Chan.<Integer>named("before").unbuffered();
        var wg = new WaitGroup();
        Named.go(wg, "before", () -> chan.receive());
        while (dev.millrace.go.Go.goroutines().stream().noneMatch(g -> g.waitsFor().contains("before"))) {
            Thread.onSpinWait();
        }
        Recorded r = Recorded.during(Recorded.only(List.of("Blocked")), () -> {
            chan.send(1);
            wg.await();
        });
        assertEquals(List.of(), r.of("Blocked", "object", "channel \"before\""));
    }
}
