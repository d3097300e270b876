package dev.millrace.testing;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing that a piece of a program has left behind. Its text is what a [LeakError] shows.
///
/// Holds names, times and stacks, and nothing of the program's own: it keeps no leak alive.
public sealed interface Leak {
    /// The goroutine's name; empty when it has none.
    String name();

    /// The goroutine or thread that started it, in words.
    String creator();

    /// The line that started it; null when that was not noted.
    @Nullable StackTraceElement startedAt();

    /// The name of its context; empty when that has none.
    String context();

    /// Where it stands, or stood when it was seen last; empty when it never was.
    List<StackTraceElement> stack();

    /// A goroutine that has not ended.
    ///
    /// @param id its number
    /// @param name its name; empty when it has none
    /// @param creator the goroutine or thread that started it, in words
    /// @param startedAt the line that started it; null when that was not noted
    /// @param context the name of its context; empty when that has none
    /// @param state what its thread does, as the JDK says
    /// @param waitsFor what it waits for by the library, or the JDK's method that it waits in; empty when it runs
    /// @param waited for how long it has been seen to wait for that: at least so long it was
    /// @param stack where it stands
    record Running(
            long id,
            String name,
            String creator,
            @Nullable StackTraceElement startedAt,
            String context,
            Thread.State state,
            String waitsFor,
            Duration waited,
            List<StackTraceElement> stack) implements Leak {
        /// Copies the list.
        public Running {
            stack = List.copyOf(stack);
        }

        @Override
        public String toString() {
            return LeakText.of(this);
        }
    }

    /// A call that a timer will make: `After.afterFunc` that was not stopped.
    ///
    /// @param name the name of the goroutine to come; empty when it has none
    /// @param creator the goroutine or thread that set it, in words
    /// @param startedAt the line that set it; null when that was not noted
    /// @param context the name of its context; empty when that has none
    /// @param dueIn when it will come
    record ToCome(
            String name, String creator, @Nullable StackTraceElement startedAt, String context, Duration dueIn)
            implements Leak {
        @Override
        public List<StackTraceElement> stack() {
            return List.of();
        }

        @Override
        public String toString() {
            return LeakText.of(this);
        }
    }

    /// A goroutine that nothing can wake any more, proven by [LeakScope#prove()].
    ///
    /// @param id its number
    /// @param name its name; empty when it has none
    /// @param creator the goroutine or thread that started it, in words
    /// @param startedAt the line that started it; null when that was not noted
    /// @param context the name of its context; empty when that has none
    /// @param waitsFor what it waited for when it was seen last; empty when it never was
    /// @param stack where it stood when it was seen last; empty when it never was
    record Lost(
            long id,
            String name,
            String creator,
            @Nullable StackTraceElement startedAt,
            String context,
            String waitsFor,
            List<StackTraceElement> stack) implements Leak {
        /// Copies the list.
        public Lost {
            stack = List.copyOf(stack);
        }

        @Override
        public String toString() {
            return LeakText.of(this);
        }
    }
}
