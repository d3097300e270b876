package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;
import static dev.millrace.verify.reliability.Run.figure;
import static dev.millrace.verify.reliability.Run.millis;
import static dev.millrace.verify.reliability.Run.since;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.go.Goroutines;
import dev.millrace.go.Interruptible;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Pool;
import dev.millrace.sync.WaitGroup;
import dev.millrace.time.After;
import dev.millrace.time.Ticker;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Case 61: the library is loaded by a class loader of its own, used, and left. Nothing keeps the loader.
final class Loaders {
    private Loaders() {}

    static void run(Run run) throws Exception {
        WeakReference<ClassLoader> loader = use(run.broken(), run.pick(50, 1_000, 1_000));
        long start = System.nanoTime();
        long limit = run.broken() ? 8_000_000_000L : 40_000_000_000L;
        String last = "";
        while (!loader.refersTo(null) && since(start) < limit) {
            System.gc();
            String ours = threads();
            last = ours.equals("[]") ? last : ours;
            LockSupport.parkNanos(50_000_000);
        }
        check(loader.refersTo(null), "the loader is still there after %.0f ms; threads: %s", millis(since(start)),
                threads());
        figure("61: the loader is collected %.0f ms after the last use; until then there was: %s", millis(since(start)),
                last);
    }

    private static String threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(n -> n.contains("millrace"))
                .sorted()
                .toList().toString();
    }

    private static WeakReference<ClassLoader> use(boolean leak, int goroutines) throws Exception {
        URL[] path = {Path.of(Jvm.root(Go.class)).toUri().toURL(), Path.of(Jvm.root(Loaders.class)).toUri().toURL()};
        try (var loader = new URLClassLoader(path, new Parent())) {
            Class<?> inside = Class.forName(Inside.class.getName(), true, loader);
            check(inside.getClassLoader() == loader && inside != Inside.class, "not of its own");
            var made = inside.getDeclaredConstructor(int.class, boolean.class);
            made.setAccessible(true);
            Object answer = ((Callable<?>) made.newInstance(goroutines, leak)).call();
            check(Integer.valueOf(goroutines).equals(answer), "%s", answer);
            return new WeakReference<>(loader);
        }
    }

    /// Shows the JDK and JUnit's annotations, and nothing of the library.
    private static final class Parent extends ClassLoader {
        Parent() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected @Nullable Class<?> findClass(String name) throws ClassNotFoundException {
            throw new ClassNotFoundException(name);
        }
    }

    /// What is done with it.
    static final class Inside implements Callable<Integer> {
        private final int goroutines;
        private final boolean leak;

        Inside(int goroutines, boolean leak) {
            this.goroutines = goroutines;
            this.leak = leak;
        }

        @Override
        public Integer call() throws Exception {
            Chan<Integer> chan = Chan.unbuffered();
            var wg = new WaitGroup();
            for (int i = 0; i < goroutines; i++) {
                wg.go(() -> chan.send(1));
            }
            int sum = 0;
            for (int i = 0; i < goroutines; i++) {
                sum += chan.receive();
            }
            wg.await();
            try (var ctx = Context.background().withName("inside").withTimeout(Duration.ofSeconds(30));
                    var group = TaskGroup.open(ctx);
                    var ticker = Ticker.every(Duration.ofMillis(5))) {
                group.go(c -> c.sleep(Duration.ofMillis(2)));
                group.go(c -> Interruptible.run(c.withCancel(), () -> Thread.sleep(1)));
                group.join();
                ticker.ticks().receive();
                Select.<Boolean>first().receive(After.after(Duration.ofMillis(2)), _ -> true).receive(chan, _ -> false)
                        .run();
            }
            new Mutex().holding(() -> {});
            var pool = Pool.of(() -> "made");
            pool.put("x");
            pool.get();
            check(!Goroutines.dump().isEmpty(), "no dump");
            Goroutines.waitGraph();
            if (leak) {
                Go.go(chan::receive);
            }
            return sum;
        }
    }
}
