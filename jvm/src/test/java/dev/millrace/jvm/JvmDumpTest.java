package dev.millrace.jvm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.SingleFlight;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.OnceValue;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import dev.millrace.time.RateLimiter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the JVM's own thread dump says of goroutines that wait, which is less than ours: see `docs/go-to-java.md`. When this fails on a newer JDK, that
/// page has to be changed, perhaps for the better.
class JvmDumpTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// Waits for something that does not come, until the context ends.
    private interface Wait {
        void on(Context ctx) throws Exception;
    }

    /// @param frame the public operation, as its stack shows it
    /// @param text how what the thread is parked on begins, when it is asked
    private record Waiting(Thread thread, String frame, String text) {}

    private final CancellableContext ctx = Context.background().withCancel();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Waiting> all = new ArrayList<>();
    private final List<Thread> others = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void stop() throws Exception {
        ctx.cancel();
        end.countDown();
        for (Waiting waiting : all) {
            assertTrue(waiting.thread().join(LIMIT), waiting.toString());
        }
        for (Thread other : others) {
            assertTrue(other.join(LIMIT));
        }
    }

    private void waits(String frame, String text, Wait wait) {
        Thread thread = Thread.ofVirtual().name("waits in " + frame).start(() -> {
            try {
                wait.on(ctx);
            } catch (ContextException e) {
                // that is how each of them ends
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        all.add(new Waiting(thread, frame, text));
    }

    private void runs(Runnable body) {
        others.add(Thread.startVirtualThread(body));
    }

    private void untilEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void startAll() throws Exception {
        var mutex = Mutex.named("hits");
        mutex.lock();
        waits("dev.millrace.sync.Mutex.lock", "sync.Mutex.Lock on mutex \"hits\"", mutex::lock);
        var rw = new RWMutex();
        rw.lock();
        waits("dev.millrace.sync.RWMutex.rLock", "sync.RWMutex.RLock on rwmutex", rw::rLock);
        var condLock = new Mutex();
        var cond = new Cond(condLock);
        waits("dev.millrace.sync.Cond.await", "sync.Cond.Wait", c -> condLock.holding(() -> cond.await(c)));
        var group = new WaitGroup();
        group.add(1);
        waits("dev.millrace.sync.WaitGroup.await", "sync.WaitGroup.Wait (counter 1", group::await);
        var semaphore = new WeightedSemaphore(1);
        semaphore.acquire(1);
        waits("dev.millrace.sync.WeightedSemaphore.acquire", "semacquire 1 of semaphore", c -> semaphore.acquire(c, 1));
        var once = new Once();
        runs(() -> once.run(this::untilEnd));
        until(() -> once.toString().contains("running"));
        waits("dev.millrace.sync.Once.run", "sync.Once.Do (running", c -> once.run(c, () -> {}));
        var value = OnceValue.of(() -> {
            untilEnd();
            return 1;
        });
        runs(value::get);
        until(() -> value.toString().contains("running"));
        waits("dev.millrace.sync.OnceValue.get", "sync.OnceValue (running", value::get);
        var limiter = RateLimiter.perSecond(0, 1);
        limiter.allow();
        waits("dev.millrace.time.RateLimiter.await", "rate.Limiter (", limiter::await);
        var flights = new SingleFlight<String, Integer>("pages");
        waits("dev.millrace.group.SingleFlight.run", "singleflight.Do \"pages\"", c -> flights.run(c, "a", own -> {
            own.awaitDone();
            return 1;
        }));
        var chan = Chan.<Integer>unbuffered();
        waits("dev.millrace.chan.Chan.receive", "chan receive", chan::receive);
        waits("dev.millrace.chan.Select.run", "select (", c -> Select.<Integer>first().receive(chan, v -> v).run(c));
    }

    @Test
    void dump_goroutinesThatWait_namesTheWaiterAndTheOperation() throws Exception {
        startAll();
        for (Waiting waiting : all) {
            until(() -> LockSupport.getBlocker(waiting.thread()) != null);
            String text = String.valueOf(LockSupport.getBlocker(waiting.thread()));
            assertTrue(text.startsWith(waiting.text()), text + ", expected " + waiting.text());
        }
        String dump = dump();
        for (Waiting waiting : all) {
            Matcher m = Pattern.compile("(?s)\"name\": \"" + Pattern.quote(waiting.thread().getName())
                    + "\",.*?\"parkBlocker\": \\{\\s*\"object\": \"([^\"]*)\".*?\"stack\": \\[(.*?)]").matcher(dump);
            assertTrue(m.find(), () -> waiting + " is not in " + dump);
            Class<?> shown = Class.forName(m.group(1).replaceAll("@.*", ""));
            assertTrue(Class.forName("dev.millrace.internal.Waiter").isAssignableFrom(shown), shown + ", " + waiting);
            assertTrue(m.group(2).contains(waiting.frame() + "("), () -> waiting + " in " + m.group(2));
        }
    }

    private String dump() throws IOException {
        Path file = folder.resolve("threads.json");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
        return Files.readString(file);
    }

    private interface Question {
        boolean yes();
    }

    private static void until(Question question) {
        long start = System.nanoTime();
        while (!question.yes()) {
            assertTrue(System.nanoTime() - start < LIMIT.toNanos(), "not within " + LIMIT);
            LockSupport.parkNanos(100_000);
        }
    }
}
