package dev.millrace.testing.explore.engine;

import java.util.Set;

/// The collections of the JDK. What they do inside is not rewritten: the whole content of one counts as one place.
final class Contents {
    private static final Set<String> IN_UTIL = Set.of("Collection", "SequencedCollection", "List", "Set",
            "SequencedSet", "SortedSet", "NavigableSet", "Map", "SequencedMap", "SortedMap", "NavigableMap", "Queue",
            "Deque", "ArrayList", "ArrayDeque", "LinkedList", "HashMap", "LinkedHashMap", "IdentityHashMap", "TreeMap",
            "WeakHashMap", "EnumMap", "HashSet", "LinkedHashSet", "TreeSet", "PriorityQueue", "BitSet");

    private static final Set<String> IN_CONCURRENT = Set.of("ConcurrentMap", "ConcurrentNavigableMap",
            "ConcurrentHashMap", "ConcurrentLinkedQueue", "ConcurrentLinkedDeque", "ConcurrentSkipListMap",
            "ConcurrentSkipListSet", "CopyOnWriteArrayList", "CopyOnWriteArraySet");

    /// What an object of a class is.
    enum Sort {
        /// A collection that one thread at a time may use.
        PLAIN,
        /// One that many may use.
        SAFE,
        /// One that does not change, or whose code is rewritten, or none.
        NONE
    }

    private static final ClassValue<Sort> SORTS = new ClassValue<>() {
        @Override
        protected Sort computeValue(Class<?> type) {
            String name = type.getName();
            if (name.startsWith("java.util.concurrent.") || name.startsWith("java.util.Collections$Synchronized")) {
                return Sort.SAFE;
            }
            boolean fixed =
                    name.startsWith("java.util.ImmutableCollections") || name.startsWith("java.util.Collections$");
            return name.startsWith("java.util.") && !fixed ? Sort.PLAIN : Sort.NONE;
        }
    };

    private Contents() {}

    /// Whether methods of the type, by its internal name, are those of a collection.
    static boolean isOne(String type) {
        String simple = type.substring(type.lastIndexOf('/') + 1);
        return type.equals("java/util/" + simple) ? IN_UTIL.contains(simple)
                : type.equals("java/util/concurrent/" + simple) && IN_CONCURRENT.contains(simple);
    }

    static Sort sort(Object collection) {
        return SORTS.get(collection.getClass());
    }
}
