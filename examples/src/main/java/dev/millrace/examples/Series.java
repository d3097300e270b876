package dev.millrace.examples;

import static dev.millrace.go.Go.go;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import java.util.ArrayDeque;

/// A power series: a stream of coefficients without end, the constant one first. Each operation starts a goroutine that makes the
/// coefficients of its result from those of its operands, and ends with its context.
///
/// Nothing is computed before somebody asks for it: with every coefficient that comes down one channel, a demand went up
/// the other. Without that the recursion in [#multiply] would have no end.
///
/// The idea is Doug McIlroy's, "Squinting at Power Series".
///
/// @param demands one for each coefficient that is wanted
/// @param terms the coefficients
record Series(Chan<Series> demands, Chan<Rational> terms) {
    static Series open() {
        return new Series(Chan.unbuffered(), Chan.unbuffered());
    }

    // region protocol
    /// The next coefficient.
    Rational get(Context ctx) {
        ask(ctx);
        return terms.receive(ctx);
    }

    private void ask(Context ctx) {
        demands.send(ctx, this);
    }

    /// For the goroutine that makes the series: waits until the next coefficient is wanted.
    private void awaitDemand(Context ctx) {
        demands.receive(ctx);
    }

    private void put(Context ctx, Rational term) {
        terms.send(ctx, term);
    }
    // endregion

    /// c + cx + cx² + …
    static Series repeat(Context ctx, Rational c) {
        var z = open();
        go(ctx, k -> {
            for (;;) {
                z.awaitDemand(k);
                z.put(k, c);
            }
        });
        return z;
    }

    // region add
    static Series add(Context ctx, Series u, Series v) {
        var z = open();
        go(ctx, k -> {
            for (;;) {
                z.awaitDemand(k);
                z.put(k, u.get(k).plus(v.get(k)));
            }
        });
        return z;
    }
    // endregion

    static Series scale(Context ctx, Rational c, Series u) {
        var z = open();
        go(ctx, k -> {
            for (;;) {
                z.awaitDemand(k);
                z.put(k, c.times(u.get(k)));
            }
        });
        return z;
    }

    static Series subtract(Context ctx, Series u, Series v) {
        return add(ctx, u, scale(ctx, Rational.of(-1), v));
    }

    // region multiply
    /// With U = u + xU' and V = v + xV', UV = uv + x(uV' + vU') + x²U'V'.
    static Series multiply(Context ctx, Series u, Series v) {
        var z = open();
        go(ctx, k -> {
            z.awaitDemand(k);
            var u0 = u.get(k);
            var v0 = v.get(k);
            z.put(k, u0.times(v0));

            z.awaitDemand(k);
            var us = split(k, u);
            var vs = split(k, v);
            var linear = add(k, scale(k, u0, vs.first), scale(k, v0, us.first));
            z.put(k, linear.get(k));

            var rest = add(k, linear, multiply(k, us.second, vs.second));
            for (;;) {
                z.awaitDemand(k);
                z.put(k, rest.get(k));
            }
        });
        return z;
    }
    // endregion

    static Series differentiate(Context ctx, Series u) {
        var z = open();
        go(ctx, k -> {
            z.awaitDemand(k);
            u.get(k); // the constant goes
            for (int n = 1;; n++) {
                z.put(k, u.get(k).times(Rational.of(n)));
                z.awaitDemand(k);
            }
        });
        return z;
    }

    static Series integrate(Context ctx, Rational constant, Series u) {
        var z = open();
        go(ctx, k -> {
            z.awaitDemand(k);
            z.put(k, constant);
            for (int n = 1;; n++) {
                z.awaitDemand(k);
                z.put(k, u.get(k).over(n));
            }
        });
        return z;
    }

    // region exp
    /// For a series without constant; one is ignored. With Z = exp(U), Z' = ZU', so Z is the integral of itself times U'.
    static Series exp(Context ctx, Series u) {
        var back = open();
        var z = open();
        split(ctx, integrate(ctx, Rational.ONE, multiply(ctx, back, differentiate(ctx, u))), back, z);
        return z;
    }
    // endregion

    /// U(cxⁿ).
    static Series substitute(Context ctx, Series u, Rational c, int n) {
        var z = open();
        go(ctx, k -> {
            for (var power = Rational.ONE;; power = power.times(c)) {
                z.awaitDemand(k);
                z.put(k, u.get(k).times(power));
                for (int i = 1; i < n; i++) {
                    z.awaitDemand(k);
                    z.put(k, Rational.ZERO);
                }
            }
        });
        return z;
    }

    // Splitting.

    private record Twins(Series first, Series second) {}

    private static Twins split(Context ctx, Series u) {
        var twins = new Twins(open(), open());
        split(ctx, u, twins.first, twins.second);
        return twins;
    }

    // region split
    /// Gives the coefficients of `u` to two readers, each of which may be ahead of the other.
    private static void split(Context ctx, Series u, Series first, Series second) {
        go(ctx, k -> {
            var one = new Reader(first);
            var two = new Reader(second);
            boolean asked = false;
            var select = Selector.random();
            var firstAsks = select.receive(first.demands);
            var secondAsks = select.receive(second.demands);
            var comes = select.receive(u.terms);
            for (;;) {
                var happened = select.await(k);
                if (happened == firstAsks) {
                    one.waits = true;
                } else if (happened == secondAsks) {
                    two.waits = true;
                } else {
                    one.ahead.add(comes.value());
                    two.ahead.add(comes.value());
                    asked = false;
                }
                one.serve(k);
                two.serve(k);
                // Not u.get: while this one waits for u, u may wait for a coefficient that stands in a queue here.
                if ((one.waits || two.waits) && !asked) {
                    u.ask(k);
                    asked = true;
                }
            }
        });
    }

    private static final class Reader {
        private final Series series;
        private final ArrayDeque<Rational> ahead = new ArrayDeque<>(); // what the other one has read already
        private boolean waits;

        Reader(Series series) {
            this.series = series;
        }

        void serve(Context ctx) {
            if (waits && !ahead.isEmpty()) {
                series.put(ctx, ahead.remove());
                waits = false;
            }
        }
    }
    // endregion
}
