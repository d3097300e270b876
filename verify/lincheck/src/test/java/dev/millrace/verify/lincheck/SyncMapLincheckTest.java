package dev.millrace.verify.lincheck;

import dev.millrace.sync.SyncMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// A map with two keys. `range` and `snapshot` promise no instant, and are not here.
class SyncMapLincheckTest {
    interface Subject {
        Integer load(int key);

        void store(int key, int value);

        String loadOrStore(int key, int value);

        Integer loadAndDelete(int key);

        Integer swap(int key, int value);

        boolean compareAndSwap(int key, int old, int value);

        boolean compareAndDelete(int key, int old);

        void clear();
    }

    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public abstract static class Ops {
        private final Subject subject;

        Ops(Subject subject) {
            this.subject = subject;
        }

        @Operation(params = "key")
        public Integer load(int key) {
            return subject.load(key);
        }

        @Operation(params = {"key", "value"})
        public void store(int key, int value) {
            subject.store(key, value);
        }

        @Operation(params = {"key", "value"})
        public String loadOrStore(int key, int value) {
            return subject.loadOrStore(key, value);
        }

        @Operation(params = "key")
        public Integer loadAndDelete(int key) {
            return subject.loadAndDelete(key);
        }

        @Operation(params = {"key", "value"})
        public Integer swap(int key, int value) {
            return subject.swap(key, value);
        }

        @Operation(params = {"key", "value", "value"})
        public boolean compareAndSwap(int key, int old, int value) {
            return subject.compareAndSwap(key, old, value);
        }

        @Operation(params = {"key", "value"})
        public boolean compareAndDelete(int key, int old) {
            return subject.compareAndDelete(key, old);
        }

        @Operation
        public void clear() {
            subject.clear();
        }
    }

    private record OfSyncMap(SyncMap<Integer, Integer> map) implements Subject {
        @Override
        public Integer load(int key) {
            return map.load(key);
        }

        @Override
        public void store(int key, int value) {
            map.store(key, value);
        }

        @Override
        public String loadOrStore(int key, int value) {
            var there = map.loadOrStore(key, value);
            return there.value() + (there.loaded() ? " loaded" : " stored");
        }

        @Override
        public Integer loadAndDelete(int key) {
            return map.loadAndDelete(key);
        }

        @Override
        public Integer swap(int key, int value) {
            return map.swap(key, value);
        }

        @Override
        public boolean compareAndSwap(int key, int old, int value) {
            return map.compareAndSwap(key, old, value);
        }

        @Override
        public boolean compareAndDelete(int key, int old) {
            return map.compareAndDelete(key, old);
        }

        @Override
        public void clear() {
            map.clear();
        }
    }

    /// The compound operations look first and act afterwards: right with one thread, and with several not.
    private record CheckThenAct(Map<Integer, Integer> map) implements Subject {
        @Override
        public Integer load(int key) {
            return map.get(key);
        }

        @Override
        public void store(int key, int value) {
            map.put(key, value);
        }

        @Override
        public String loadOrStore(int key, int value) {
            Integer there = map.get(key);
            if (there != null) {
                return there + " loaded";
            }
            map.put(key, value);
            return value + " stored";
        }

        @Override
        public Integer loadAndDelete(int key) {
            Integer there = map.get(key);
            map.remove(key);
            return there;
        }

        @Override
        public Integer swap(int key, int value) {
            Integer there = map.get(key);
            map.put(key, value);
            return there;
        }

        @Override
        public boolean compareAndSwap(int key, int old, int value) {
            boolean equal = Objects.equals(map.get(key), old);
            if (equal) {
                map.put(key, value);
            }
            return equal;
        }

        @Override
        public boolean compareAndDelete(int key, int old) {
            boolean equal = Objects.equals(map.get(key), old);
            if (equal) {
                map.remove(key);
            }
            return equal;
        }

        @Override
        public void clear() {
            map.clear();
        }
    }

    public static final class Real extends Ops {
        public Real() {
            super(new OfSyncMap(new SyncMap<>()));
        }
    }

    public static final class Model extends Ops {
        public Model() {
            super(new CheckThenAct(new HashMap<>()));
        }
    }

    public static final class Twin extends Ops {
        public Twin() {
            super(new CheckThenAct(new ConcurrentHashMap<>()));
        }
    }

    @Test
    void syncMap_operations_areLinearizable() {
        Checks.modelChecking(Model.class).check(Real.class);
    }

    @Test
    void twin_checkThenAct_isFound() {
        Checks.finds(Checks.modelChecking(Model.class), Twin.class);
    }
}
