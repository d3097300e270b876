package dev.millrace.sync;

import dev.millrace.linear.Exam;
import dev.millrace.linear.Spec;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Every operation of a [SyncMap] happens at one instant, `clear` too. Maps that do one of them in two steps are found.
class SyncMapLinearTest {
    private static final Duration BUDGET = Duration.ofMillis(1200);

    enum Act {
        LOAD,
        CONTAINS,
        STORE,
        LOAD_OR_STORE,
        LOAD_AND_DELETE,
        SWAP,
        DELETE,
        COMPARE_AND_SWAP,
        COMPARE_AND_DELETE,
        CLEAR
    }

    record Op(Act act, String key, Integer old, Integer value) {}

    static final Spec<Map<String, Integer>, Op> SPEC = new Spec<>() {
        @Override
        public Map<String, Integer> start() {
            return Map.of();
        }

        @Override
        public List<Map<String, Integer>> after(Map<String, Integer> state, Op op, Object answer) {
            Integer there = state.get(op.key());
            var next = new HashMap<>(state);
            Object expected = switch (op.act()) {
                case LOAD -> there;
                case CONTAINS -> there != null;
                case STORE -> {
                    next.put(op.key(), op.value());
                    yield "";
                }
                case LOAD_OR_STORE -> {
                    next.putIfAbsent(op.key(), op.value());
                    yield new SyncMap.Loaded<>(there == null ? op.value() : there, there != null);
                }
                case LOAD_AND_DELETE -> {
                    next.remove(op.key());
                    yield there;
                }
                case SWAP -> {
                    next.put(op.key(), op.value());
                    yield there;
                }
                case DELETE -> {
                    next.remove(op.key());
                    yield "";
                }
                case COMPARE_AND_SWAP -> {
                    boolean same = op.old().equals(there);
                    if (same) {
                        next.put(op.key(), op.value());
                    }
                    yield same;
                }
                case COMPARE_AND_DELETE -> {
                    boolean same = op.old().equals(there);
                    if (same) {
                        next.remove(op.key());
                    }
                    yield same;
                }
                case CLEAR -> {
                    next.clear();
                    yield "";
                }
            };
            return Spec.one(expected, answer, next);
        }
    };

    static Object apply(SyncMap<String, Integer> map, Op op) {
        return switch (op.act()) {
            case LOAD -> map.load(op.key());
            case CONTAINS -> map.contains(op.key());
            case STORE -> {
                map.store(op.key(), op.value());
                yield "";
            }
            case LOAD_OR_STORE -> map.loadOrStore(op.key(), op.value());
            case LOAD_AND_DELETE -> map.loadAndDelete(op.key());
            case SWAP -> map.swap(op.key(), op.value());
            case DELETE -> {
                map.delete(op.key());
                yield "";
            }
            case COMPARE_AND_SWAP -> map.compareAndSwap(op.key(), op.old(), op.value());
            case COMPARE_AND_DELETE -> map.compareAndDelete(op.key(), op.old());
            case CLEAR -> {
                map.clear();
                yield "";
            }
        };
    }

    /// Of `acts`, on keys `a` and `b`, which lie in different chains, with values 1 to 3.
    private static Function<Random, Op> draw(Act... acts) {
        return random -> new Op(
                acts[random.nextInt(acts.length)],
                random.nextBoolean() ? "a" : "b",
                1 + random.nextInt(3),
                1 + random.nextInt(3));
    }

    private static Exam<SyncMap<String, Integer>, ?, Op> exam(int threads, int calls, Act... acts) {
        return new Exam<>(SyncMap::new, SyncMapLinearTest::apply, SPEC, draw(acts), threads, calls);
    }

    /// The same on a map that does `broken` otherwise.
    private static <M extends SyncMapLinearTest.Twin> Exam<M, ?, Op> twin(Supplier<M> make, Act... acts) {
        BiFunction<M, Op, Object> apply = (twin, op) -> twin.apply(op);
        return new Exam<>(make, apply, SPEC, draw(acts), 2, 5);
    }

    private abstract static class Twin {
        final SyncMap<String, Integer> map = new SyncMap<>();

        abstract Object apply(Op op);
    }

    @Test
    @Item("MP-01")
    @Hazard(38)
    void map_allOperations_areLinearizable() {
        exam(2, 5, Act.values()).passes(BUDGET);
        exam(3, 3, Act.values()).passes(BUDGET);
    }

    @Test
    @Item("MP-02")
    void loadOrStoreAndLoadAndDelete_atOnce_areLinearizable() {
        exam(2, 4, Act.LOAD_OR_STORE, Act.LOAD_AND_DELETE, Act.SWAP).passes(BUDGET);
    }

    @Test
    @Item("MP-09")
    void clear_betweenLoadsAndStores_isOneInstant() {
        exam(2, 5, Act.CLEAR, Act.LOAD, Act.STORE, Act.LOAD).passes(BUDGET);
    }

    @Test
    void twin_loadThenStore_isFound() {
        twin(
                () -> new Twin() {
                    @Override
                    Object apply(Op op) {
                        if (op.act() != Act.LOAD_OR_STORE) {
                            return SyncMapLinearTest.apply(map, op);
                        }
                        Integer there = map.load(op.key());
                        if (there != null) {
                            return new SyncMap.Loaded<>(there, true);
                        }
                        map.store(op.key(), op.value());
                        return new SyncMap.Loaded<>(op.value(), false);
                    }
                },
                Act.values())
                .fails(BUDGET);
    }

    @Test
    void twin_loadThenDelete_isFound() {
        twin(
                () -> new Twin() {
                    @Override
                    Object apply(Op op) {
                        if (op.act() != Act.LOAD_AND_DELETE) {
                            return SyncMapLinearTest.apply(map, op);
                        }
                        Integer there = map.load(op.key());
                        map.delete(op.key());
                        return there;
                    }
                },
                Act.values())
                .fails(BUDGET);
    }

    @Test
    void twin_compareThenSwap_isFound() {
        twin(
                () -> new Twin() {
                    @Override
                    Object apply(Op op) {
                        if (op.act() != Act.COMPARE_AND_SWAP) {
                            return SyncMapLinearTest.apply(map, op);
                        }
                        boolean same = op.old().equals(map.load(op.key()));
                        if (same) {
                            map.store(op.key(), op.value());
                        }
                        return same;
                    }
                },
                Act.values())
                .fails(BUDGET);
    }

    /// What [ConcurrentHashMap#clear()] does: chain by chain.
    @Test
    void twin_clearKeyByKey_isFound() {
        twin(
                () -> new Twin() {
                    @Override
                    Object apply(Op op) {
                        if (op.act() != Act.CLEAR) {
                            return SyncMapLinearTest.apply(map, op);
                        }
                        map.delete("a");
                        map.delete("b");
                        return "";
                    }
                },
                Act.CLEAR,
                Act.LOAD,
                Act.STORE,
                Act.LOAD)
                .fails(BUDGET);
    }
}
