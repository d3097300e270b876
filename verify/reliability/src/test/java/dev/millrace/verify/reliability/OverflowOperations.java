package dev.millrace.verify.reliability;

import static dev.millrace.verify.reliability.Run.check;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import dev.millrace.go.Go;
import dev.millrace.group.TaskGroup;
import dev.millrace.internal.ContextBase;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.sync.Pool;
import dev.millrace.sync.RWMutex;
import dev.millrace.sync.SyncMap;
import dev.millrace.sync.WaitGroup;
import dev.millrace.sync.WeightedSemaphore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// The operations in which the stack overflows.
final class OverflowOperations {
    private OverflowOperations() {}

    /// One with objects `T`.
    static <T> Overflows.Operation on(T on, Overflows.Body run, Verify verify, Object... objects) {
        return new Simple<>(on, run, verify, objects);
    }

    /// Whether all is well.
    interface Verify {
        void check(boolean failed) throws Exception;
    }

    private record Simple<T>(T on, Overflows.Body body, Verify checks, Object... objects)
            implements Overflows.Operation {
        @Override
        public void run() throws Exception {
            body.run();
        }

        @Override
        public void verify(boolean failed) throws Exception {
            checks.check(failed);
        }
    }

    /// Somebody who waits for what the operation does; its thread has a stack.
    static final class Partner {
        final Thread thread;
        private final CountDownLatch over = new CountDownLatch(1);

        Partner(Overflows.Body wait) {
            thread = Thread.ofVirtual().start(() -> {
                try {
                    wait.run();
                    over.countDown();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }

        boolean isOver(long millis) throws InterruptedException {
            return over.await(millis, TimeUnit.MILLISECONDS);
        }

        /// Ends by `help` at the latest, if the operation has failed before it had happened.
        void ends(boolean failed, Overflows.Body help) throws Exception {
            if (failed && !isOver(2)) {
                help.run();
            }
            check(isOver(3_000), "who waited has been forgotten: %s", thread);
        }
    }

    static Map<String, Supplier<Overflows.Operation>> all() {
        var all = new LinkedHashMap<String, Supplier<Overflows.Operation>>();
        channels(all);
        locks(all);
        contexts(all);
        OverflowOthers.all(all);
        return all;
    }

    /// For comparison: what the JDK itself does with a stack that is too short.
    static Map<String, Supplier<Overflows.Operation>> jdk() {
        var all = new LinkedHashMap<String, Supplier<Overflows.Operation>>();
        all.put("unpark", () -> {
            var over = new AtomicInteger();
            var partner = new Partner(() -> {
                while (over.get() == 0) {
                    LockSupport.park();
                }
            });
            return on(over, () -> {
                over.set(1);
                LockSupport.unpark(partner.thread);
            }, failed -> partner.ends(failed && over.get() == 0, () -> {
                over.set(1);
                LockSupport.unpark(partner.thread);
            }));
        });
        all.put("offer to one who waits", () -> {
            var queue = new SynchronousQueue<Integer>();
            var partner = new Partner(queue::take);
            return on(queue, () -> queue.offer(1), failed -> partner.ends(failed, () -> queue.offer(2)));
        });
        all.put("countDown with one who waits", () -> {
            var latch = new CountDownLatch(1);
            var partner = new Partner(latch::await);
            return on(latch, latch::countDown,
                    failed -> partner.ends(failed && latch.getCount() > 0, latch::countDown));
        });
        return all;
    }

    private static void channels(Map<String, Supplier<Overflows.Operation>> all) {
        all.put("trySend into a buffer", () -> {
            Chan<Integer> chan = Chan.buffered(4);
            return on(chan, () -> chan.trySend(1), failed -> {
                int n = chan.len();
                check(failed ? n <= 1 : n == 1, "%d are there", n);
                chan.send(2);
                for (int i = 0; i < n; i++) {
                    check(chan.receive() == 1, "not 1");
                }
                check(chan.receive() == 2 && chan.len() == 0, "not 2");
            }, chan);
        });
        all.put("receive from a buffer", () -> {
            Chan<Integer> chan = Chan.buffered(4);
            chan.send(1);
            chan.send(2);
            return on(chan, () -> chan.receive(), failed -> {
                int n = chan.len();
                check(failed ? n == 1 || n == 2 : n == 1, "%d are there", n);
                check(chan.receive() == 3 - n && (n == 1 || chan.receive() == 2), "not in order");
                check(chan.trySend(4) && chan.receive() == 4, "does not work");
            }, chan);
        });
        all.put("send to one who waits", () -> {
            Chan<Integer> chan = Chan.unbuffered();
            var partner = new Partner(chan::receive);
            return on(chan, () -> chan.send(1), failed -> partner.ends(failed, () -> chan.trySend(2)), chan);
        });
        all.put("send to many through a large buffer", () -> {
            Chan<Integer> chan = Chan.buffered(16);
            var one = new Partner(chan::receive);
            var two = new Partner(chan::receive);
            return on(chan, () -> chan.send(1), failed -> {
                chan.send(2);
                one.ends(failed, () -> chan.send(3));
                two.ends(failed, () -> chan.send(4));
            }, chan);
        });
        all.put("receive from one who waits", () -> {
            Chan<Integer> chan = Chan.unbuffered();
            var partner = new Partner(() -> chan.send(1));
            return on(chan, () -> chan.receive(), failed -> partner.ends(failed, chan::tryReceive), chan);
        });
        all.put("close with two who wait", () -> {
            Chan<Integer> chan = Chan.unbuffered();
            var one = new Partner(chan::next);
            var two = new Partner(chan::next);
            return on(chan, () -> chan.close(), failed -> {
                if (failed) {
                    chan.tryClose();
                }
                one.ends(false, () -> {});
                two.ends(false, () -> {});
                check(chan.next() instanceof Received.Closed, "not closed");
            }, chan);
        });
        all.put("receive with a timeout", () -> {
            Chan<Integer> chan = Chan.unbuffered();
            return on(chan, () -> {
                try (var ctx = Context.background().withTimeout(Duration.ofNanos(100_000))) {
                    chan.next(ctx);
                } catch (dev.millrace.context.ContextException e) {
                    check(e.isTimeout(), "%s", e);
                }
            }, _ -> {
                check(!chan.trySend(1), "somebody who has gone still waits");
            }, chan);
        });
        all.put("select of two, one ready", () -> {
            Chan<Integer> one = Chan.buffered(1);
            Chan<Integer> two = Chan.buffered(1);
            one.send(1);
            var select = Selector.random();
            select.receive(one);
            select.receive(two);
            return on(one, () -> select.await(), failed -> {
                int n = one.len();
                check(failed ? n <= 1 : n == 0, "%d are there", n);
                one.trySend(2);
                two.send(3);
                check(one.receive() > 0 && two.receive() == 3, "wrong");
            }, one, two);
        });
        all.put("select of two that times out", () -> {
            Chan<Integer> one = Chan.unbuffered();
            Chan<Integer> two = Chan.unbuffered();
            var select = Selector.random();
            select.receive(one);
            select.send(two, 7);
            return on(one, () -> select.await(Duration.ofNanos(100_000)), _ -> {
                check(!one.trySend(1) && two.tryReceive() == null, "a case has been left behind");
            }, one, two);
        });
    }

    private static void locks(Map<String, Supplier<Overflows.Operation>> all) {
        all.put("lock and unlock", () -> {
            var mutex = new Mutex();
            var stage = new AtomicInteger();
            return on(mutex, () -> {
                mutex.lock();
                stage.set(1);
                mutex.unlock();
            }, failed -> {
                if (failed && stage.get() == 1 && mutex.isLocked()) {
                    mutex.unlock(); // the body's business: it did not get so far
                }
                check(mutex.tryLock(), "nobody holds it, and it cannot be taken");
                mutex.unlock();
            }, mutex);
        });
        all.put("unlock with one who waits", () -> {
            var mutex = new Mutex();
            mutex.lock();
            var partner = new Partner(() -> {
                mutex.lock();
                mutex.unlock();
            });
            return on(mutex, () -> mutex.unlock(), failed -> {
                partner.ends(failed, mutex::unlock);
                check(mutex.tryLock(), "cannot be taken");
            }, mutex);
        });
        all.put("unlock of a writer with readers who wait", () -> {
            var mutex = new RWMutex();
            mutex.lock();
            Overflows.Body read = () -> {
                mutex.rLock();
                mutex.rUnlock();
            };
            var one = new Partner(read);
            var two = new Partner(read);
            return on(mutex, () -> mutex.unlock(), failed -> {
                one.ends(failed, mutex::unlock);
                two.ends(false, () -> {});
                check(mutex.tryLock(), "cannot be taken");
            }, mutex);
        });
        all.put("release of a semaphore with one who waits", () -> {
            var semaphore = new WeightedSemaphore(2);
            semaphore.acquire(2);
            var partner = new Partner(() -> semaphore.acquire(2));
            return on(semaphore, () -> semaphore.release(2), failed -> {
                partner.ends(failed, () -> semaphore.release(2));
                semaphore.release(2);
                check(semaphore.available() == 2, "%d are free", semaphore.available());
            }, semaphore);
        });
        all.put("done of a group with one who waits", () -> {
            var wg = new WaitGroup();
            wg.add(1);
            var partner = new Partner(() -> wg.await());
            return on(wg, () -> wg.done(), failed -> {
                partner.ends(failed, wg::done);
                check(wg.count() == 0, "counts %d", wg.count());
            }, wg);
        });
        all.put("signal of a condition", () -> {
            var mutex = new Mutex();
            var cond = new Cond(mutex);
            var partner = new Partner(() -> {
                mutex.lock();
                cond.await();
                mutex.unlock();
            });
            return on(cond, () -> cond.signal(), failed -> {
                partner.ends(failed, cond::signal);
                check(cond.waiting() == 0, "%d wait", cond.waiting());
            }, cond, mutex);
        });
        all.put("once", () -> {
            var once = new Once();
            var runs = new AtomicInteger();
            return on(once, () -> once.run(runs::getAndIncrement), failed -> {
                once.run(runs::getAndIncrement);
                check(failed ? runs.get() <= 1 : runs.get() == 1, "ran %d times", runs.get());
            }, once);
        });
        all.put("map and pool", () -> {
            var map = new SyncMap<String, Integer>();
            var pool = Pool.of(() -> "made");
            return on(map, () -> {
                map.store("a", 1);
                pool.put("x");
                pool.get();
            }, _ -> {
                map.store("b", 2);
                check(map.load("b") == 2, "not there");
                pool.put("y");
                check(pool.get() != null, "empty");
            }, map, pool);
        });
    }

    private static void contexts(Map<String, Supplier<Overflows.Operation>> all) {
        all.put("cancel with those who wait below", () -> {
            var root = Context.background().withCancel();
            var one = root.withCancel();
            var two = one.withTimeout(Duration.ofHours(1));
            var first = new Partner(one::awaitDone);
            var second = new Partner(two::awaitDone);
            return on(root, () -> root.cancel(), failed -> {
                if (failed) {
                    var again = Thread.ofPlatform().daemon().start(root::cancel);
                    check(again.join(Duration.ofSeconds(3)), "another cancel waits for ever");
                }
                first.ends(false, () -> {});
                second.ends(false, () -> {});
                check(root.isDone() && one.isDone() && two.isDone(), "not done");
            }, node(root), node(one), node(two));
        });
        all.put("deadline set and withdrawn", () -> {
            var root = Context.background().withCancel();
            return on(root, () -> {
                try (var ctx = root.withTimeout(Duration.ofHours(1))) {
                    ctx.afterFunc(() -> {}).stop();
                }
            }, _ -> {
                root.cancel();
                try (var ctx = Context.background().withTimeout(Duration.ofNanos(1_000))) {
                    check(ctx.awaitDone(Duration.ofSeconds(3)), "timers do not fire any more");
                }
            }, node(root), dev.millrace.internal.Scheduler.real());
        });
        all.put("go", () -> {
            long before = Go.numGoroutine();
            var ran = new CountDownLatch(1);
            return on(ran, () -> Go.go(ran::countDown), failed -> {
                check(failed || ran.await(3, TimeUnit.SECONDS), "has not run");
                long start = System.nanoTime();
                while (Go.numGoroutine() != before && Run.since(start) < 3_000_000_000L) {
                    Thread.onSpinWait();
                }
                check(Go.numGoroutine() == before, "the registry counts %d and not %d", Go.numGoroutine(), before);
            });
        });
        all.put("group", () -> {
            var ran = new AtomicInteger();
            return on(ran, () -> {
                try (var group = TaskGroup.open(Context.background())) {
                    group.go(_ -> ran.getAndIncrement());
                    group.join();
                }
            }, failed -> check(failed || ran.get() == 1, "ran %d times", ran.get()));
        });
    }

    static Object node(Context context) {
        Object node = ContextBase.nodeOf(context);
        check(node != null, "no node");
        return node;
    }

    /// Something whose lock is left, and something that is torn.
    static Map<String, Supplier<Overflows.Operation>> broken() {
        return Map.of("two writes with a call between", () -> {
            var pair = new int[2];
            return on(pair, () -> {
                pair[0]++;
                deeper(pair, 8);
            }, failed -> check(pair[0] == pair[1], "torn: %d and %d", pair[0], pair[1]));
        });
    }

    private static void deeper(int[] pair, int more) {
        if (more > 0) {
            deeper(pair, more - 1);
        } else {
            pair[1]++;
        }
    }
}
