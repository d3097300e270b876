package dev.millrace.conformance;

import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes the objects of programs of kind `sync`. A test plants a fault by making another one.
class Things {
    /// @param type as the corpus has it
    Thing make(String type, String name, Map<String, Object> fields, World world) {
        return switch (type) {
            case "waitgroup" -> new WaitGroupThing(world);
            case "cond" -> new CondThing();
            case "semaphore" -> new SemaphoreThing(name, (Long) Objects.requireNonNull(fields.get("size")));
            case "errgroup" -> new GroupThing(group((Long) fields.get("limit")), world);
            case "singleflight" -> new FlightThing(name, world);
            case "timer" -> new TimerThing(world);
            case "ticker" -> new TickerThing(world);
            case "mutex" -> new MutexThing(name);
            case "rwmutex" -> new RWMutexThing(name);
            case "once" -> new OnceThing();
            default -> throw new IllegalStateException("no such type: " + type);
        };
    }

    private static TaskGroup group(@Nullable Long limit) {
        TaskGroup group = TaskGroup.open(Context.background());
        return limit == null ? group : group.limit(Math.toIntExact(limit));
    }
}
