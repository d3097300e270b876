package dev.millrace.examples;

import static java.time.Duration.ZERO;

import dev.millrace.atomic.Bool;
import dev.millrace.atomic.Int32;
import dev.millrace.context.Context;
import dev.millrace.sync.Pool;
import dev.millrace.sync.WaitGroup;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;

/// Many goroutines borrow buffers; how many have to be made?
final class PoolBuffers extends Example {
    PoolBuffers() {
        super("pool");
    }

    @Override
    int play(Context ctx, PrintStream out, Options options) {
        int goroutines = options.number("--goroutines", 1_000, 1, 100_000);
        int times = options.number("--times", 10, 1, 1_000_000);
        var hold = options.duration("--hold", ZERO);
        options.end();
        var borrowing = new Borrowing(hold);
        try (var all = ctx.withCancel()) {
            var wg = new WaitGroup();
            for (int i = 0; i < goroutines; i++) {
                wg.go(all, c -> {
                    for (int n = 0; n < times; n++) {
                        borrowing.useOne(c);
                    }
                });
            }
            wg.await(all);
        }
        out.println("used:             " + (long) goroutines * times + " times, by " + goroutines + " goroutines");
        out.println("in use at once:   " + borrowing.most + " at most");
        out.println("made:             " + borrowing.made);
        out.println("used by two:      " + borrowing.shared);
        return 0;
    }

    /// 1 KB, with a mark that says whether somebody uses it.
    private static final class Buffer {
        final byte[] bytes = new byte[1024];
        final Bool taken = new Bool();
    }

    private static final class Borrowing {
        final Int32 made = new Int32();
        final Int32 inUse = new Int32();
        final Int32 most = new Int32();
        final Int32 shared = new Int32();
        final Duration hold;

        Borrowing(Duration hold) {
            this.hold = hold;
        }

        // region pool
        private final Pool<Buffer> buffers = Pool.of(() -> {
            made.add(1);
            return new Buffer();
        });

        void useOne(Context ctx) {
            var buffer = buffers.get();
            try {
                use(ctx, buffer);
            } finally {
                buffers.put(buffer); // from here on it is somebody else's
            }
        }
        // endregion

        private void use(Context ctx, Buffer buffer) {
            shared.add(buffer.taken.swap(true) ? 1 : 0);
            int now = inUse.add(1);
            for (int high = most.load(); now > high && !most.compareAndSwap(high, now); high = most.load()) {
                Thread.onSpinWait();
            }
            try {
                Arrays.fill(buffer.bytes, (byte) now);
                if (!hold.isZero()) {
                    ctx.sleep(hold);
                }
            } finally {
                inUse.add(-1);
                buffer.taken.store(false);
            }
        }
    }
}
