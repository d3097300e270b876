package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.TreeSet;
import java.util.concurrent.CountedCompleter;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is not modelled says so, with a way out; and what is modelled has all that the original has.
class RefusalsTest {
    private static void refused(String what, String instead, Explore.Program program) {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(program));
        assertTrue(error.getMessage().startsWith("not modelled: " + what), error.getMessage());
        assertTrue(error.getMessage().lines().findFirst().orElseThrow().contains(instead), error.getMessage());
        var again =
                assertThrows(ScheduleError.class, () -> Explore.options().replay(error.choices()).run(program));
        assertTrue(again.getMessage().startsWith("not modelled: " + what), again.getMessage());
    }

    static void byTimer() {
        try {
            new Timer(true).schedule(new TimerTask() {
                @Override
                public void run() {}
            }, 1);
        } catch (RuntimeException e) {
            // as programs do
        }
    }

    @Test
    void threadsOfTheJdk_runTheProgram_areRefused() {
        refused("java.util.Timer", "use a ScheduledThreadPoolExecutor", RefusalsTest::byTimer);
        refused("java.util.concurrent.SubmissionPublisher", "use a blocking queue, or a channel",
                () -> new SubmissionPublisher<Integer>().close());
        refused("java.util.stream.Stream.parallelStream", "use stream()",
                () -> Programs.check(List.of(1, 2).parallelStream().mapToInt(n -> n).sum() == 3, ""));
        refused("java.util.stream.Stream.parallel", "use stream()",
                () -> Programs.check(IntStream.of(1, 2).parallel().sum() == 3, ""));
    }

    @Test
    void twins_haveEachMethod_thatTheOriginalsOffer() throws Exception {
        assertMethods(ForkJoinPool.class, "TwinForkJoinPool");
        assertMethods(ForkJoinTask.class, "TwinForkJoinTask");
        assertMethods(ForkJoinWorkerThread.class, "TwinForkJoinThread");
        assertThrows(AssertionError.class, () -> assertMethods(CountedCompleter.class, "TwinForkJoinTask"));
    }

    private static void assertMethods(Class<?> original, String twin) throws Exception {
        var missing = new TreeSet<String>();
        for (Method method : original.getDeclaredMethods()) {
            boolean offered = (method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
            if (offered && !method.isSynthetic()) {
                missing.add(text(method, original.getSimpleName()));
            }
        }
        var type = Class.forName("dev.millrace.testing.explore.twins." + twin);
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            for (Method method : at.getDeclaredMethods()) {
                if (!Modifier.isPrivate(method.getModifiers())) {
                    missing.remove(text(method, original.getSimpleName()));
                }
            }
        }
        for (Class<?> above : type.getInterfaces()) { // and what their defaults are
            for (Method method : above.getMethods()) {
                missing.remove(text(method, original.getSimpleName()));
            }
        }
        missing.removeIf(name -> List.of("state()", "resultNow()", "exceptionNow()", "toString()").contains(name)); // of Future, and of all
        assertEquals(new TreeSet<String>(), missing, twin);
    }

    private static String text(Method method, String original) {
        return method.getName() + List.of(method.getParameterTypes()).stream().map(Class::getSimpleName).toList()
                .toString().replace("Twin", "").replace("ForkJoinThread", "ForkJoinWorkerThread").replace('[', '(')
                .replace(']', ')');
    }
}
