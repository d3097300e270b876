package dev.millrace.exec;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/// Carries what a process writes to where it shall go, until the process has ended.
///
/// A read of a pipe that has begun can be ended neither by an interrupt nor by a close; it lasts until the last process that holds the other
/// end has gone, and that may be a grandchild which outlives the command. So without a wait delay this reads only what is there
/// already, and looks again after 0.25 ms, then after twice as long, up to 8 ms; the end of the process is an event and ends the pause.
/// What the process wrote before its end is all there then. So nothing is ever held up by somebody else, and the descriptor is given back.
///
/// With a wait delay the reads block, to see the end of the stream: see [Command#waitDelay].
final class Pump {
    private static final long FIRST_LOOK = 250_000;
    private static final long SLOWEST_LOOK = 8_000_000;

    /// Where it goes. What is thrown ends the pump; the process then finds its output closed.
    interface Sink {
        void write(byte[] bytes, int length) throws IOException;

        /// No more will come.
        default void end() throws IOException {}
    }

    private final Process process;
    private final InputStream in;
    private final Sink sink;
    private volatile boolean abandoned;

    Pump(Process process, InputStream in, Sink sink) {
        this.process = process;
        this.in = in;
        this.sink = sink;
    }

    /// Nobody waits for it any more.
    void abandon() {
        abandoned = true;
    }

    /// Carries until the process has ended.
    void poll() throws IOException {
        try (in) {
            var buffer = new byte[16 * 1024];
            long look = FIRST_LOOK;
            for (;;) {
                boolean over = !process.isAlive(); // before the look: what it wrote is there by then
                int there = in.available();
                if (there > 0) {
                    int n = in.read(buffer, 0, Math.min(there, buffer.length));
                    if (n < 0) {
                        break;
                    }
                    sink.write(buffer, n);
                    look = FIRST_LOOK;
                } else if (over) {
                    break;
                } else {
                    process.waitFor(look, TimeUnit.NANOSECONDS);
                    look = Math.min(2 * look, SLOWEST_LOOK);
                }
            }
            sink.end();
        } catch (InterruptedException e) {
            throw new java.io.InterruptedIOException("the goroutine that reads the output was interrupted");
        }
    }

    /// Carries until the stream has ended, or it is abandoned.
    ///
    /// The JDK's reaper of the process closes this stream when the process has ended, unless somebody reads it: for that it takes the stream's
    /// monitor. So it is held here from the first read to the last. Nobody else wants it; the reaper's thread has nothing else to do.
    void block() throws IOException {
        synchronized (in) {
            try (in) {
                var buffer = new byte[16 * 1024];
                for (int n; (n = in.read(buffer)) >= 0 && !abandoned;) {
                    sink.write(buffer, n);
                }
                if (!abandoned) {
                    sink.end();
                }
            }
        }
    }
}
