package dev.millrace.bench.shapes;

import java.util.function.Supplier;

/// What a goroutine does again and again with something that is its own. A fork loads one subclass only, so that these calls cost nothing.
abstract class Alone {
    /// How many operations all goroutines of one invocation do together.
    static final int OPERATIONS = 200_000;

    private long done;

    /// Does it once, and raises what [#done] answers by one.
    abstract void operate() throws InterruptedException;

    final void raise() {
        done++;
    }

    /// So many virtual threads share the operations. Each makes its own, and lets it out of sight: else the compiler may leave its locks out.
    static long run(int goroutines, Supplier<? extends Alone> kind) throws InterruptedException {
        var crew = new Crew();
        var all = new Alone[goroutines];
        int each = OPERATIONS / goroutines;
        for (int i = 0; i < goroutines; i++) {
            int at = i;
            crew.go(() -> {
                Alone own = kind.get();
                all[at] = own;
                for (int n = 0; n < each; n++) {
                    own.operate();
                }
            });
        }
        crew.await();
        long sum = 0;
        for (Alone own : all) {
            sum += own.done;
        }
        if (sum != (long) each * goroutines) {
            throw new IllegalStateException("counted " + sum);
        }
        return sum;
    }
}
