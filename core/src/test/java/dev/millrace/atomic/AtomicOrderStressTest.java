package dev.millrace.atomic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Store buffering, the test that tells sequential consistency from everything weaker: two threads store to one place each
/// and then load the other one's. That both see nothing is possible in no single order.
class AtomicOrderStressTest {
    private static final int PAIRS = 4_000;

    /// A place for one number.
    private abstract static class Place {
        abstract void set();

        abstract boolean isSet();
    }

    private static final class Release extends Place {
        private static final VarHandle VALUE;

        static {
            try {
                VALUE = MethodHandles.lookup().findVarHandle(Release.class, "value", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private int value;

        @Override
        void set() {
            VALUE.setRelease(this, 1);
        }

        @Override
        boolean isSet() {
            return (int) VALUE.getAcquire(this) == 1;
        }
    }

    private static Map<String, Supplier<Place>> kinds() {
        var kinds = new LinkedHashMap<String, Supplier<Place>>();
        kinds.put("Int32", () -> new Place() {
            final Int32 x = new Int32();

            @Override
            void set() {
                x.store(1);
            }

            @Override
            boolean isSet() {
                return x.load() == 1;
            }
        });
        kinds.put("Int64", () -> new Place() {
            final Int64 x = new Int64();

            @Override
            void set() {
                x.store(1);
            }

            @Override
            boolean isSet() {
                return x.load() == 1;
            }
        });
        kinds.put("Uint32", () -> new Place() {
            final Uint32 x = new Uint32();

            @Override
            void set() {
                x.store(1);
            }

            @Override
            boolean isSet() {
                return x.load() == 1;
            }
        });
        kinds.put("Uint64", () -> new Place() {
            final Uint64 x = new Uint64();

            @Override
            void set() {
                x.store(1);
            }

            @Override
            boolean isSet() {
                return x.load() == 1;
            }
        });
        kinds.put("Bool", () -> new Place() {
            final Bool x = new Bool();

            @Override
            void set() {
                x.store(true);
            }

            @Override
            boolean isSet() {
                return x.load();
            }
        });
        kinds.put("Pointer", () -> new Place() {
            final Pointer<String> x = new Pointer<>();

            @Override
            void set() {
                x.store("set");
            }

            @Override
            boolean isSet() {
                return x.load() != null;
            }
        });
        kinds.put("Value", () -> new Place() {
            final Value<String> x = new Value<>();

            {
                x.store("unset"); // the first store goes another way
            }

            @Override
            void set() {
                x.store("set");
            }

            @Override
            boolean isSet() {
                return "set".equals(x.load());
            }
        });
        return kinds;
    }

    /// How often both saw nothing, in rounds that last about `millis`, or until it was seen when `first`.
    private static int bothMissed(Supplier<Place> make, long millis, boolean first) throws Exception {
        long end = System.nanoTime() + millis * 1_000_000;
        int missed = 0;
        do {
            missed += round(make);
        } while (System.nanoTime() - end < 0 && !(first && missed > 0));
        return missed;
    }

    private static int round(Supplier<Place> make) throws Exception {
        var places = new Place[2][PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            places[0][i] = make.get();
            places[1][i] = make.get();
        }
        var saw = new boolean[2][PAIRS];
        var together = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 2; t++) {
            Place[] mine = places[t];
            Place[] theirs = places[1 - t];
            boolean[] seen = saw[t];
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < PAIRS; i++) {
                    if (i % 8 == 0) { // or one would run ahead of the other
                        together.incrementAndGet();
                        for (int n = 0; together.get() < 2 * (i / 8 + 1); n++) {
                            if (n < 2_000) {
                                Thread.onSpinWait();
                            } else {
                                Thread.yield();
                            }
                        }
                    }
                    mine[i].set();
                    seen[i] = theirs[i].isSet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        int missed = 0;
        for (int i = 0; i < PAIRS; i++) {
            if (!saw[0][i] && !saw[1][i]) {
                missed++;
            }
        }
        return missed;
    }

    @TestFactory
    @Item("AT-04")
    List<DynamicTest> storeBuffering_ofAtomics_isNeverSeen() {
        var tests = new ArrayList<DynamicTest>();
        kinds().forEach((name, make) -> tests
                .add(DynamicTest.dynamicTest(name, () -> assertEquals(0, bothMissed(make, 300, false)))));
        return tests;
    }

    /// Release and acquire are not enough, and the test sees it.
    @Test
    @Item("AT-04")
    @Hazard(11)
    void canary_storeBufferingOfReleaseAndAcquire_isSeen() throws Exception {
        assertTrue(bothMissed(Release::new, 20_000, true) > 0, "the test above would prove nothing on this machine");
    }
}
