package dev.millrace.atomic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Item;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

class AtomicTest {
    /// The four kinds of numbers in one form: answers as their text.
    private interface Cell {
        String load();

        void store(long v);

        String swap(long v);

        boolean compareAndSwap(long old, long v);

        String add(long d);

        String and(long m);

        String or(long m);

        String text();
    }

    private static Cell cell(String kind) {
        return switch (kind) {
            case "Int32" -> new Cell() {
                final Int32 x = new Int32();

                @Override
                public String load() {
                    return "" + x.load();
                }

                @Override
                public void store(long v) {
                    x.store((int) v);
                }

                @Override
                public String swap(long v) {
                    return "" + x.swap((int) v);
                }

                @Override
                public boolean compareAndSwap(long old, long v) {
                    return x.compareAndSwap((int) old, (int) v);
                }

                @Override
                public String add(long d) {
                    return "" + x.add((int) d);
                }

                @Override
                public String and(long m) {
                    return "" + x.and((int) m);
                }

                @Override
                public String or(long m) {
                    return "" + x.or((int) m);
                }

                @Override
                public String text() {
                    return x.toString();
                }
            };
            case "Uint32" -> new Cell() {
                final Uint32 x = new Uint32();

                @Override
                public String load() {
                    return "" + x.load();
                }

                @Override
                public void store(long v) {
                    x.store(v);
                }

                @Override
                public String swap(long v) {
                    return "" + x.swap(v);
                }

                @Override
                public boolean compareAndSwap(long old, long v) {
                    return x.compareAndSwap(old, v);
                }

                @Override
                public String add(long d) {
                    return "" + x.add(d);
                }

                @Override
                public String and(long m) {
                    return "" + x.and(m);
                }

                @Override
                public String or(long m) {
                    return "" + x.or(m);
                }

                @Override
                public String text() {
                    return x.toString();
                }
            };
            case "Int64" -> new Cell() {
                final Int64 x = new Int64();

                @Override
                public String load() {
                    return "" + x.load();
                }

                @Override
                public void store(long v) {
                    x.store(v);
                }

                @Override
                public String swap(long v) {
                    return "" + x.swap(v);
                }

                @Override
                public boolean compareAndSwap(long old, long v) {
                    return x.compareAndSwap(old, v);
                }

                @Override
                public String add(long d) {
                    return "" + x.add(d);
                }

                @Override
                public String and(long m) {
                    return "" + x.and(m);
                }

                @Override
                public String or(long m) {
                    return "" + x.or(m);
                }

                @Override
                public String text() {
                    return x.toString();
                }
            };
            case "Uint64" -> new Cell() {
                final Uint64 x = new Uint64();

                @Override
                public String load() {
                    return Long.toUnsignedString(x.load());
                }

                @Override
                public void store(long v) {
                    x.store(v);
                }

                @Override
                public String swap(long v) {
                    return Long.toUnsignedString(x.swap(v));
                }

                @Override
                public boolean compareAndSwap(long old, long v) {
                    return x.compareAndSwap(old, v);
                }

                @Override
                public String add(long d) {
                    return Long.toUnsignedString(x.add(d));
                }

                @Override
                public String and(long m) {
                    return Long.toUnsignedString(x.and(m));
                }

                @Override
                public String or(long m) {
                    return Long.toUnsignedString(x.or(m));
                }

                @Override
                public String text() {
                    return x.toString();
                }
            };
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /// A number as it reads in `kind`, computed without bits that run over.
    private static BigInteger in(String kind, BigInteger n) {
        int bits = kind.endsWith("32") ? 32 : 64;
        BigInteger size = BigInteger.ONE.shiftLeft(bits);
        BigInteger low = n.mod(size);
        return kind.startsWith("U") || low.compareTo(size.shiftRight(1)) < 0 ? low : low.subtract(size);
    }

    /// Against numbers without limit, cut to size: values around all edges, and random ones.
    @TestFactory
    @Item({"AT-01", "AT-02"})
    List<DynamicTest> numbers_randomSequences_agreeWithArithmetic() {
        var tests = new ArrayList<DynamicTest>();
        for (String kind : List.of("Int32", "Uint32", "Int64", "Uint64")) {
            tests.add(DynamicTest.dynamicTest(kind, () -> {
                var random = new Random(11);
                Cell cell = cell(kind);
                BigInteger model = BigInteger.ZERO;
                long[] edges = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xFFFF_FFFFL, 1L << 32, Long.MAX_VALUE,
                    Long.MIN_VALUE};
                for (int i = 0; i < 20_000; i++) {
                    long raw = random.nextBoolean()
                            ? edges[random.nextInt(edges.length)] + random.nextInt(3) - 1
                            : random.nextLong();
                    BigInteger arg = in(kind, BigInteger.valueOf(raw));
                    long value = arg.longValue();
                    String before = model.toString();
                    switch (random.nextInt(7)) {
                        case 0 -> {
                            cell.store(value);
                            model = arg;
                        }
                        case 1 -> {
                            assertEquals(before, cell.swap(value), "swap answers the old value");
                            model = arg;
                        }
                        case 2 -> {
                            model = in(kind, model.add(BigInteger.valueOf(raw)));
                            assertEquals(model.toString(), cell.add(raw), "add answers the new value, wrapped");
                        }
                        case 3 -> {
                            model = in(kind, model.and(BigInteger.valueOf(raw)));
                            assertEquals(before, cell.and(raw), "and answers the old value");
                        }
                        case 4 -> {
                            model = in(kind, model.or(BigInteger.valueOf(raw)));
                            assertEquals(before, cell.or(raw), "or answers the old value");
                        }
                        case 5 -> {
                            boolean same = model.equals(arg);
                            assertEquals(same, cell.compareAndSwap(value, 5));
                            if (same) {
                                model = BigInteger.valueOf(5);
                            }
                        }
                        default -> {
                            assertTrue(cell.compareAndSwap(model.longValue(), value));
                            model = arg;
                        }
                    }
                    assertEquals(model.toString(), cell.load());
                    assertEquals(model.toString(), cell.text());
                }
            }));
        }
        return tests;
    }

    @Test
    @Item("AT-01")
    void add_largestValue_wraps() {
        var a = new Int32(Integer.MAX_VALUE);
        assertEquals(Integer.MIN_VALUE, a.add(1));
        var b = new Int64(Long.MIN_VALUE);
        assertEquals(Long.MAX_VALUE, b.add(-1));
        var c = new Uint32(0xFFFF_FFFFL);
        assertEquals(0, c.add(1));
        assertEquals(4_294_967_295L, c.add(-1), "counts down");
        var d = new Uint64(-1);
        assertEquals(0, d.add(1));
    }

    @Test
    @Item("AT-02")
    void unsigned_largeValues_readWithoutSign() {
        var a = new Uint32(3_000_000_000L);
        assertEquals(3_000_000_000L, a.load());
        assertEquals("3000000000", a.toString());
        assertEquals(3_000_000_000L, a.and(~1), "a negative mask is its low 32 bits");
        var b = new Uint64(1L << 63);
        assertEquals("9223372036854775808", b.toString());
        assertTrue(b.compareUnsigned(Long.MAX_VALUE) > 0);
        assertTrue(b.compareUnsigned(-1) < 0);
        assertEquals(0, b.compareUnsigned(1L << 63));
    }

    @Test
    @Item("AT-02")
    void uint32_valueOutOfRange_isRefusedAndNothingChanged() {
        var a = new Uint32(7);
        for (long bad : new long[] {-1, 1L << 32, Long.MIN_VALUE, Integer.MIN_VALUE}) {
            for (Executable op : List.<Executable>of(
                    () -> a.store(bad),
                    () -> a.swap(bad),
                    () -> a.compareAndSwap(bad, 1),
                    () -> a.compareAndSwap(7, bad),
                    () -> new Uint32(bad))) {
                assertEquals(
                        "a value of Uint32 must be within 0 to 4294967295, was " + bad,
                        assertThrows(IllegalArgumentException.class, op).getMessage());
            }
        }
        assertEquals(7, a.load());
    }

    @Test
    @Item("AT-01")
    void bool_operations_answerAsGo() {
        var b = new Bool();
        assertFalse(b.load());
        assertFalse(b.swap(true));
        assertTrue(b.swap(true));
        assertFalse(b.compareAndSwap(false, true));
        assertTrue(b.load());
        assertTrue(b.compareAndSwap(true, false));
        assertFalse(b.load());
        b.store(true);
        assertEquals("true", b.toString());
        assertTrue(new Bool(true).load());
    }

    @Test
    @Item("AT-01")
    void pointer_operations_compareObjects() {
        var p = new Pointer<String>();
        assertNull(p.load());
        String one = new String("same");
        String two = new String("same");
        assertTrue(p.compareAndSwap(null, one));
        assertFalse(p.compareAndSwap(two, null), "equal, and another object");
        assertSame(one, p.load());
        assertSame(one, p.swap(two));
        assertTrue(p.compareAndSwap(two, null));
        assertNull(p.load());
        p.store(one);
        assertEquals("same", p.toString());
        assertSame(two, new Pointer<>(two).load());
    }

    @Test
    void pointerUpdate_anotherIsFaster_runsAgainWithTheNewValue() {
        var p = new Pointer<>("a");
        var runs = new AtomicInteger();
        assertEquals("b!", p.update(old -> {
            if (runs.incrementAndGet() == 1) {
                p.store("b");
            }
            return old + "!";
        }));
        assertEquals(2, runs.get());
        assertThrows(IllegalStateException.class, () -> p.update(_ -> {
            throw new IllegalStateException("planted");
        }));
        assertEquals("b!", p.load());
    }

    // Value.

    @Test
    @Item("AT-03")
    void value_beforeTheFirstStore_isNull() {
        var v = new Value<String>();
        assertNull(v.load());
        assertEquals("null", v.toString());
        assertNull(v.swap("a"), "swap on an empty one");
        assertEquals("a", v.load());
        assertEquals("a", v.swap("b"));
        v.store("c");
        assertEquals("c", v.load());
    }

    @Test
    @Item("AT-03")
    void value_null_isRefusedInGosWords() {
        var v = new Value<String>();
        for (int stored = 0; stored < 2; stored++) {
            String before = v.load();
            assertEquals(
                    "sync/atomic: store of nil value into Value",
                    assertThrows(NullPointerException.class, () -> v.store(null)).getMessage());
            assertEquals(
                    "sync/atomic: swap of nil value into Value",
                    assertThrows(NullPointerException.class, () -> v.swap(null)).getMessage());
            assertEquals(
                    "sync/atomic: compare and swap of nil value into Value",
                    assertThrows(NullPointerException.class, () -> v.compareAndSwap(before, null)).getMessage());
            assertEquals(before, v.load());
            v.store("a");
        }
    }

    @Test
    @Item("AT-03")
    void value_anotherClass_isRefusedNamingBoth() {
        var v = new Value<Object>();
        v.store("a");
        assertEquals(
                "sync/atomic: store of inconsistently typed value into Value: expected java.lang.String, was java.lang.Integer",
                assertThrows(IllegalArgumentException.class, () -> v.store(1)).getMessage());
        assertEquals(
                "sync/atomic: swap of inconsistently typed value into Value: expected java.lang.String, was java.lang.Integer",
                assertThrows(IllegalArgumentException.class, () -> v.swap(1)).getMessage());
        assertEquals(
                "sync/atomic: compare and swap of inconsistently typed value into Value: expected java.lang.String,"
                        + " was java.lang.Integer",
                assertThrows(IllegalArgumentException.class, () -> v.compareAndSwap(2, 1)).getMessage());
        assertEquals(
                "sync/atomic: compare and swap of inconsistently typed values: old is java.lang.String, new is java.lang.Integer",
                assertThrows(IllegalArgumentException.class, () -> v.compareAndSwap("a", 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> v.compareAndSwap(null, 1));
        assertEquals("a", v.load());
        var empty = new Value<Object>();
        assertThrows(IllegalArgumentException.class, () -> empty.compareAndSwap("a", 1), "also on an empty one");
        assertNull(empty.load());
    }

    @Test
    @Item("AT-03")
    void valueCompareAndSwap_nullAsOld_onlyOnAnEmptyOne() {
        var v = new Value<String>();
        assertFalse(v.compareAndSwap("a", "b"), "nothing is there");
        assertNull(v.load());
        assertTrue(v.compareAndSwap(null, "a"));
        assertFalse(v.compareAndSwap(null, "b"));
        assertFalse(v.compareAndSwap("b", "c"));
        assertTrue(v.compareAndSwap(new String("a"), "b"), "equal is enough");
        assertEquals("b", v.load());
    }

    /// Threads that store values of two classes into one that is empty: one class wins, for all.
    @Test
    @Item("AT-03")
    void value_firstStoresOfTwoClassesAtOnce_oneClassWins() throws Exception {
        for (int round = 0; round < 500; round++) {
            var v = new Value<Object>();
            var ready = new AtomicInteger();
            var refused = new AtomicInteger();
            var threads = new ArrayList<Thread>();
            for (Object mine : List.of("text", 1)) {
                boolean swap = round % 3 == 1;
                boolean compare = round % 3 == 2;
                threads.add(Thread.ofPlatform().daemon().start(() -> {
                    ready.incrementAndGet();
                    while (ready.get() < 2) {
                        Thread.onSpinWait();
                    }
                    try {
                        if (swap) {
                            v.swap(mine);
                        } else if (compare) {
                            v.compareAndSwap(null, mine);
                        } else {
                            v.store(mine);
                        }
                    } catch (IllegalArgumentException e) {
                        refused.incrementAndGet();
                    }
                }));
            }
            for (Thread t : threads) {
                t.join();
            }
            assertEquals(1, refused.get(), "round " + round + ": " + v);
        }
    }

    // Counting by several threads.

    private static void eachTwice(Runnable body) throws Exception {
        var threads = List.of(Thread.ofPlatform().start(body), Thread.ofPlatform().start(body));
        for (Thread t : threads) {
            t.join();
        }
    }

    /// Go's hammer tests: no update is lost.
    @Test
    @Item("AT-01")
    void numbers_twoThreads_loseNothing() throws Exception {
        int n = 200_000;
        var a = new Int32();
        var b = new Uint32();
        var c = new Int64();
        var d = new Uint64();
        var cas = new Int64();
        var p = new Pointer<>(0);
        eachTwice(() -> {
            for (int i = 0; i < n; i++) {
                a.add(1);
                b.add(1);
                c.add(1);
                d.add(1);
                long now;
                do {
                    now = cas.load();
                } while (!cas.compareAndSwap(now, now + 1));
                p.update(old -> old + 1);
            }
        });
        assertEquals("400000 400000 400000 400000 400000 400000",
                a + " " + b + " " + c + " " + d + " " + cas + " " + p);
    }

    /// Each thread sets and clears its own bits; what is old tells it that nobody else did.
    @Test
    @Item("AT-01")
    void andOr_twoThreads_keepEachOthersBits() throws Exception {
        var word = new Uint32();
        var wide = new Uint64();
        var number = new AtomicInteger();
        var wrong = new AtomicInteger();
        eachTwice(() -> {
            int mine = number.getAndIncrement() == 0 ? 1 : Integer.MIN_VALUE;
            LongUnaryOperator bits = all -> all & Integer.toUnsignedLong(mine);
            for (int i = 0; i < 200_000; i++) {
                if (bits.applyAsLong(word.or(mine)) != 0 || bits.applyAsLong(word.and(~mine)) == 0) {
                    wrong.incrementAndGet();
                }
                if (bits.applyAsLong(wide.or(Integer.toUnsignedLong(mine))) != 0
                        || bits.applyAsLong(wide.and(~Integer.toUnsignedLong(mine))) == 0) {
                    wrong.incrementAndGet();
                }
            }
        });
        assertEquals(0, wrong.get());
        assertEquals("0 0", word + " " + wide);
    }
}
