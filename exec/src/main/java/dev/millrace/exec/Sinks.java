package dev.millrace.exec;

import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Where output can go.
final class Sinks {
    static final int LONGEST_LINE = 1 << 20;
    private static final int TAIL = 32 * 1024;

    private Sinks() {}

    static Pump.Sink to(OutputStream out) {
        return new Pump.Sink() {
            @Override
            public void write(byte[] bytes, int length) throws IOException {
                out.write(bytes, 0, length);
            }

            @Override
            public void end() throws IOException {
                out.flush();
            }
        };
    }

    /// Keeps the end of what comes.
    static final class Tail implements Pump.Sink {
        private byte[] kept = new byte[0]; // written by the pump, read when that has ended

        @Override
        public void write(byte[] bytes, int length) {
            byte[] all = Arrays.copyOf(kept, kept.length + length);
            System.arraycopy(bytes, 0, all, kept.length, length);
            kept = all.length <= TAIL ? all : Arrays.copyOfRange(all, all.length - TAIL, all.length);
        }

        byte[] bytes() {
            return kept;
        }
    }

    /// Sends each line as soon as it is whole.
    static final class Lines implements Pump.Sink {
        private final Context ctx;
        private final SendChan<String> to;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(Context ctx, SendChan<String> to) {
            this.ctx = ctx;
            this.to = to;
        }

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            int from = 0;
            for (int i = 0; i < length; i++) {
                if (bytes[i] == '\n') {
                    append(bytes, from, i);
                    send();
                    from = i + 1;
                }
            }
            append(bytes, from, length);
        }

        private void append(byte[] bytes, int from, int to) throws IOException {
            if (line.size() + (to - from) > LONGEST_LINE) {
                throw new IOException(
                        "exec: line too long: expected at most " + LONGEST_LINE + " bytes up to a line break");
            }
            line.write(bytes, from, to - from);
        }

        private void send() {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            to.send(ctx, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        }

        @Override
        public void end() {
            if (line.size() > 0) {
                send();
            }
        }
    }
}
