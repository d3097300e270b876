package dev.millrace.examples;

import dev.millrace.context.Context;
import java.io.PrintStream;
import java.util.StringJoiner;

/// Arithmetic with power series whose coefficients flow through channels.
final class PowerSeries extends Example {
    PowerSeries() {
        super("power-series");
    }

    // region power-series
    @Override
    int play(Context parent, PrintStream out, Options options) {
        int terms = options.number("--terms", 10, 1, 100);
        options.end();
        try (var ctx = parent.withCancel()) {
            var minusOne = Rational.of(-1);
            print(out, "Ones", ctx, ones(ctx), terms);
            print(out, "Twos", ctx, twos(ctx), terms);
            print(out, "Add", ctx, Series.add(ctx, ones(ctx), twos(ctx)), terms);
            print(out, "Diff", ctx, Series.differentiate(ctx, ones(ctx)), terms);
            print(out, "Integ", ctx, Series.integrate(ctx, Rational.ZERO, ones(ctx)), terms);
            print(out, "CMul", ctx, Series.scale(ctx, minusOne, ones(ctx)), terms);
            print(out, "Sub", ctx, Series.subtract(ctx, ones(ctx), twos(ctx)), terms);
            print(out, "Mul", ctx, Series.multiply(ctx, ones(ctx), ones(ctx)), terms);
            print(out, "Exp", ctx, Series.exp(ctx, ones(ctx)), terms);
            print(out, "MonSubst", ctx, Series.substitute(ctx, ones(ctx), minusOne, 2), terms);
            var derivative = Series.substitute(ctx, ones(ctx), minusOne, 2); // 1 / (1 + x²)
            print(out, "ATan", ctx, Series.integrate(ctx, Rational.ZERO, derivative), terms);
        } // cancels: all their goroutines end
        return 0;
    }

    private static Series ones(Context ctx) {
        return Series.repeat(ctx, Rational.ONE);
    }

    private static Series twos(Context ctx) {
        return Series.repeat(ctx, Rational.of(2));
    }

    private static void print(PrintStream out, String name, Context ctx, Series series, int terms) {
        var line = new StringJoiner(" ", name + ": ", "");
        for (int i = 0; i < terms; i++) {
            line.add(series.get(ctx).toString());
        }
        out.println(line);
    }
    // endregion
}
