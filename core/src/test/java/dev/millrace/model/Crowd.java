package dev.millrace.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.context.InterruptedWaitException;
import dev.millrace.go.Until;
import dev.millrace.internal.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;

/// Those who may wait in a machine that is examined: goroutines under virtual time, numbered from 0, each under a context of its own, and what became of them.
public final class Crowd implements AutoCloseable {
    /// What one does; answers what came of it.
    public interface Body {
        String run(Context ctx) throws Throwable;
    }

    /// A step; may not wait.
    public interface Step {
        String take() throws Exception;
    }

    private final ManualScheduler time = new ManualScheduler();
    private final List<CancellableContext> contexts = new ArrayList<>();
    private final Map<Integer, Thread> threads = new ConcurrentSkipListMap<>();
    private final Map<Integer, String> ended = new ConcurrentSkipListMap<>();

    public ManualScheduler time() {
        return time;
    }

    /// Takes a step, and answers when everybody has come to rest after it.
    public String apply(Step step) throws Exception {
        return time.<String, Exception>call(() -> {
            String answer = step.take();
            time.awaitIdle();
            return answer;
        });
    }

    /// The same, for a step that answers nothing and throws nothing checked.
    public void run(Runnable step) {
        time.inside(step::run);
        time.awaitIdle();
    }

    /// Starts the next one.
    public String start(Body body) {
        int number = contexts.size();
        var ctx = Context.background().withCancel();
        contexts.add(ctx);
        time.go(() -> {
            threads.put(number, Thread.currentThread());
            String outcome;
            try {
                outcome = body.run(ctx);
            } catch (ContextException e) {
                outcome = "cancelled";
            } catch (InterruptedWaitException e) {
                outcome = Thread.interrupted() ? "interrupted" : "interrupted, and the flag is not set";
            } catch (Throwable t) {
                outcome = t.toString();
            }
            ended.put(number, outcome);
        });
        return "";
    }

    /// Ends the context of one of those who have not ended.
    public String cancel(int which) {
        List<Integer> living = living();
        if (!living.isEmpty()) {
            contexts.get(living.get(which % living.size())).cancel();
        }
        return "";
    }

    /// Interrupts one of those who have not ended, which must end it.
    public String interrupt(int which) throws Exception {
        List<Integer> living = living();
        if (!living.isEmpty()) {
            int number = living.get(which % living.size());
            threads.get(number).interrupt();
            // It is counted as one who can run only when it has woken by itself.
            Until.until("the interrupted one has ended", () -> ended.containsKey(number));
        }
        return "";
    }

    private List<Integer> living() {
        return IntStream.range(0, contexts.size()).filter(i -> !ended.containsKey(i)).boxed().toList();
    }

    public Map<Integer, String> ended() {
        return new TreeMap<>(ended);
    }

    /// Ends all contexts: nobody stays, no timer is left.
    @Override
    public void close() {
        time.inside(() -> contexts.forEach(CancellableContext::cancel));
        time.awaitIdle();
        assertEquals(contexts.size(), ended.size(), () -> "some wait for ever: " + ended);
        assertEquals(0, time.timers(), "timers were left");
        assertTrue(time.lowest() >= 0, () -> "counted " + time.lowest() + " goroutines that can run");
    }
}
