package dev.millrace.conformance;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One program of a corpus.
public sealed interface Program {
    /// Unique in its file.
    String id();

    /// What it is about.
    Kind kind();

    /// One goroutine walks a tree of contexts.
    record Contexts(String id, List<Op> steps) implements Program {
        @Override
        public Kind kind() {
            return Kind.CONTEXT;
        }
    }

    /// One goroutine uses maps and atomics.
    record Data(String id, List<Op> steps) implements Program {
        @Override
        public Kind kind() {
            return Kind.DATA;
        }
    }

    /// Goroutines that take turns: each starts its ops in time slots of its own.
    ///
    /// @param objects the fields of each object, with its `type`; a channel's is `channel`, a context's `context`
    /// @param tasks what became of the tasks of each errgroup
    record Slots(
            String id,
            Kind kind,
            long slot,
            long horizon,
            Map<String, Map<String, Object>> objects,
            List<List<Op>> goroutines,
            Map<String, List<Map<String, Object>>> tasks) implements Program {
        /// The first instant later than `end` at which goroutine `g` may start an op.
        long next(int g, long end) {
            long round = goroutines.size() * slot;
            long turn = g * slot;
            long after = end + 1;
            return after <= turn ? turn : turn + Math.ceilDiv(after - turn, round) * round;
        }
    }

    /// What a program is about.
    enum Kind {
        /// Trees of contexts.
        CONTEXT,
        /// Channels and select.
        CHANNEL,
        /// Wait groups, conds, semaphores, groups, flights, timers, locks.
        SYNC,
        /// Maps and atomics.
        DATA;

        /// As in the files.
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /// The kind that the files call `text`, or null.
        public static @Nullable Kind of(String text) {
            for (Kind kind : values()) {
                if (kind.text().equals(text)) {
                    return kind;
                }
            }
            return null;
        }
    }
}
