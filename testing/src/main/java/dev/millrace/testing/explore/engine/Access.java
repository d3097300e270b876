package dev.millrace.testing.explore.engine;

import java.util.Map;
import java.util.Set;

/// What an act does to a place, as bits; and what the methods of the JDK do, by their names.
final class Access {
    static final int READ = 1;
    static final int WRITE = 2;
    static final int OPAQUE = 4;
    static final int ACQUIRE = 8;
    static final int RELEASE = 16;
    static final int VOLATILE = 32 | ACQUIRE | RELEASE;

    /// Whether it writes, it says afterwards.
    static final int DECIDED_LATER = 64;

    /// By code that happens in one step: it makes nothing a point.
    static final int COARSE = 128;

    static final int UPDATE = READ | WRITE | VOLATILE;
    static final int CAS = UPDATE | DECIDED_LATER;

    private static final Map<String, Integer> OF_HANDLE = Map.ofEntries(
            Map.entry("get", READ), Map.entry("set", WRITE),
            Map.entry("getOpaque", READ | OPAQUE), Map.entry("setOpaque", WRITE | OPAQUE),
            Map.entry("getAcquire", READ | ACQUIRE), Map.entry("setRelease", WRITE | RELEASE),
            Map.entry("getVolatile", READ | VOLATILE), Map.entry("setVolatile", WRITE | VOLATILE),
            Map.entry("compareAndSet", CAS), Map.entry("weakCompareAndSet", CAS),
            Map.entry("weakCompareAndSetPlain", READ | WRITE | OPAQUE | DECIDED_LATER),
            Map.entry("weakCompareAndSetAcquire", READ | WRITE | ACQUIRE | DECIDED_LATER),
            Map.entry("weakCompareAndSetRelease", READ | WRITE | RELEASE | DECIDED_LATER));

    private static final Set<String> READING = Set.of("get", "getOrDefault", "size", "isEmpty", "contains",
            "containsKey", "containsValue", "containsAll", "peek", "peekFirst", "peekLast", "element", "getFirst",
            "getLast", "first", "last", "firstKey", "lastKey", "iterator", "listIterator", "values", "keySet",
            "entrySet", "forEach", "stream", "toArray", "equals", "hashCode", "toString", "indexOf", "lastIndexOf",
            "subList", "spliterator", "descendingIterator", "reversed", "mappingCount", "firstEntry", "lastEntry",
            "floorKey", "ceilingKey", "cardinality", "nextSetBit", "length");

    private Access() {}

    /// The method of [java.lang.invoke.VarHandle]; 0 when it accesses nothing.
    static int ofHandle(String method) {
        Integer kind = OF_HANDLE.get(method);
        if (kind != null) {
            return kind;
        }
        if (method.startsWith("getAnd") || method.startsWith("compareAndExchange")) {
            return READ | WRITE
                    | (method.endsWith("Acquire") ? ACQUIRE : method.endsWith("Release") ? RELEASE : VOLATILE);
        }
        return 0;
    }

    /// The method of one of `java.util.concurrent.atomic`.
    static int ofAtomic(String method) {
        return switch (method) {
            case "get", "intValue", "longValue", "doubleValue", "floatValue", "toString", "sum", "getReference",
                    "isMarked",
                    "getStamp" -> READ | VOLATILE;
            case "length" -> 0;
            case "getPlain" -> READ;
            case "setPlain" -> WRITE;
            case "set" -> WRITE | VOLATILE;
            case "lazySet" -> WRITE | RELEASE;
            case "getOpaque", "setOpaque", "getAcquire", "setRelease", "compareAndSet", "weakCompareAndSetPlain",
                    "weakCompareAndSetAcquire", "weakCompareAndSetRelease" -> ofHandle(method);
            case "weakCompareAndSetVolatile", "weakCompareAndSet" -> CAS;
            default -> UPDATE;
        };
    }

    /// The method of a collection.
    static int ofCollection(String method) {
        return READING.contains(method) ? READ : READ | WRITE;
    }
}
