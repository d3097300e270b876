package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import java.io.PrintStream;

/// The prime sieve: a chain of goroutines, each of which lets pass what its prime does not divide.
final class Sieve extends Example {
    Sieve() {
        super("sieve");
    }

    // region sieve
    @Override
    int play(Context parent, PrintStream out, Options options) {
        int primes = options.number("--primes", 25, 1, 100_000);
        options.end();
        try (var ctx = parent.withCancel()) {
            var ch = Chan.<Integer>unbuffered();
            var first = ch;
            go(ctx, c -> generate(c, first));
            for (int i = 0; i < primes; i++) {
                int prime = ch.receive(ctx);
                out.println(prime);
                var in = ch;
                var next = Chan.<Integer>unbuffered();
                go(ctx, c -> filter(c, prime, in, next));
                ch = next;
            }
        } // cancels: all filters end
        return 0;
    }

    private static void generate(Context ctx, SendChan<Integer> out) {
        for (int n = 2;; n++) {
            out.send(ctx, n);
        }
    }

    private static void filter(Context ctx, int prime, ReceiveChan<Integer> in, SendChan<Integer> out) {
        for (;;) {
            int n = in.receive(ctx);
            if (n % prime != 0) {
                out.send(ctx, n);
            }
        }
    }
    // endregion
}
