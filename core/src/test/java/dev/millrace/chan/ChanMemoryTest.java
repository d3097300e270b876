package dev.millrace.chan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.millrace.chan.SelectTest.Threads;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was written before an operation is seen after the one that it happens before. On real threads, where a wrong order is rare;
/// the explorer's detector of races looks at the same in every order (`MemoryOrderProtocols`).
class ChanMemoryTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    @Item("CH-18")
    @Hazard(12)
    void send_isBeforeItsReceive_andCloseBeforeWhoLearnsOfIt(int capacity) throws Exception {
        for (int round = 0; round < 2_000; round++) {
            var ch = Chan.<int[]>buffered(capacity);
            var box = new int[1];
            var closed = new int[1];
            var threads = new Threads();
            threads.go(() -> {
                box[0] = 1;
                ch.send(box);
                closed[0] = 1;
                ch.close();
            });
            assertEquals(1, ch.receive()[0]);
            assertInstanceOf(Received.Closed.class, ch.next());
            assertEquals(1, closed[0]);
            threads.join();
        }
    }

    /// The k-th receive is before the end of the (k + capacity)-th send: without a buffer, of the send that it meets.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8})
    @Item("CH-18")
    @Hazard(12)
    void receive_isBeforeTheEndOfTheSend_thatItMakesRoomFor(int capacity) throws Exception {
        int n = 100;
        for (int round = 0; round < 200; round++) {
            var ch = Chan.<Integer>buffered(capacity);
            var written = new int[n];
            var threads = new Threads();
            threads.go(() -> {
                for (int k = 0; k < n; k++) {
                    written[k] = k + 1;
                    ch.receive();
                }
            });
            for (int k = -capacity; k < n; k++) {
                ch.send(k);
                if (k >= 0) {
                    assertEquals(k + 1, written[k]);
                }
            }
            threads.join();
        }
    }
}
