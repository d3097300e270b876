package dev.millrace.jfr.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            chan receive on channel "jobs" (3 of 8)      | chan receive   | channel "jobs"
            chan send on channel (unbuffered)            | chan send      | channel
            chan receive (nil chan)                      | chan receive   | ''
            chan send on channel "a (b) on c" (0 of 1)   | chan send      | channel "a (b) on c"
            sync.Mutex.Lock on mutex "m" (locked, 2 waiting) | sync.Mutex.Lock | mutex "m"
            sync.WaitGroup.Wait (counter 3, 1 waiting)   | sync.WaitGroup.Wait | ''
            semacquire 2 of semaphore "db" (3 of 10 held) | semacquire    | semaphore "db"
            sleep 300 ms under "request 17"              | sleep          | "request 17"
            sleep 1.5 s under a context without name     | sleep          | a context without name
            done of "audit": not yet                     | done           | "audit"
            done: never                                  | done           | ''
            select (2 cases)                             | select         | ''
            select of channel "a (b) on c", done of "p", … (9 cases) | select | channel "a (b) on c", done of "p", …
            singleflight.Do "users" (2 waiting)          | singleflight.Do | "users"
            errgroup.Go at its limit, of task group "g" (3 running) | errgroup.Go at its limit, | task group "g"
            """)
    void text_ofEachKind_isSplit(String text, String operation, String object) {
        assertEquals(new WaitText(operation, object), WaitText.of(text));
    }

    @Test
    void text_thatThrows_isTheClass() {
        assertEquals(new WaitText(Own.class.getName(), ""), WaitText.of(new Own()));
    }

    static final class Own {
        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    /// As of a user's exception.
    private static final class Lazy extends RuntimeException {
        @Override
        public String getMessage() {
            return "made";
        }
    }

    private static final class Failing extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @Test
    void causeText_byTimer_runsNoCodeOfUsers() {
        assertEquals("made", CauseText.of(new Lazy(), false));
        assertEquals("", CauseText.of(new Lazy(), true));
        assertEquals("plain", CauseText.of(new IllegalStateException("plain"), true));
        assertEquals("", CauseText.of(new IllegalStateException(), false));
    }

    @Test
    void causeText_failingOrLong_isSaidOrCut() {
        assertEquals("(its text cannot be had: java.lang.IllegalStateException)", CauseText.of(new Failing(), false));
        String text = CauseText.of(new IllegalStateException("x".repeat(5_000)), true);
        assertTrue(text.length() == 1_001 && text.endsWith("…"), text);
    }
}
