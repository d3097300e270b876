package dev.millrace.verify.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.reliability.MixedSoak.Sample;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Whether a heap grows.
class SlopeTest {
    private static double slope(LongStream heaps) {
        List<Sample> samples = heaps.mapToObj(heap -> new Sample(16, 0, 0, 0, heap)).toList();
        return MixedSoak.slope(samples);
    }

    /// Seen with the serial collector: of a flat heap, one look at two thirds.
    @Test
    void slope_oneLookIsFarBelow_isAsWithoutIt() {
        double slope = slope(LongStream.of(6_009_000, 3_942_664, 6_020_848, 6_017_880, 6_029_400, 6_016_952, 6_024_024,
                6_024_328));
        assertTrue(Math.abs(slope) < 5_000, "" + slope);
    }

    @Test
    void slope_aLeak_isThatLeak() {
        assertEquals(100_000, slope(LongStream.range(0, 10).map(i -> 6_000_000 + 100_000 * i)));
        double noisy = slope(LongStream.range(0, 10).map(i -> 6_000_000 + 100_000 * i - (i % 3 == 1 ? 2_000_000 : 0)));
        assertTrue(noisy > 80_000, "" + noisy);
    }
}
