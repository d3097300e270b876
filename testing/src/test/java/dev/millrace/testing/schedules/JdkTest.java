package dev.millrace.testing.schedules;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.testing.explore.Explore;
import dev.millrace.testing.explore.ScheduleError;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.Test;

/// What of the JDK is under control besides threads and monitors.
class JdkTest {
    interface Body {
        void run() throws Exception;
    }

    static Thread go(Body body) {
        return Programs.go("other", () -> {
            try {
                body.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void blockingQueues_putAndTake_meetInEveryOrder() {
        Explore.all(() -> {
            var queue = new LinkedBlockingQueue<Integer>(1);
            var other = go(() -> {
                queue.put(1);
                queue.put(2);
            });
            Programs.check(queue.take() + queue.take() == 3, "lost one");
            other.join();
        });
        Explore.all(() -> {
            var queue = new ArrayBlockingQueue<Integer>(1);
            var other = go(() -> queue.put(1));
            Programs.check(queue.take() == 1, "not 1");
            other.join();
        });
        Explore.options().preemptions(1).all(() -> {
            var queue = new SynchronousQueue<Integer>();
            var other = go(() -> queue.put(1));
            Programs.check(queue.take() == 1, "not 1");
            other.join();
        });
    }

    @Test
    void blockingQueue_takenByNobody_isADeadlockWithItsStack() {
        var error =
                assertThrows(ScheduleError.class, () -> Explore.all(() -> new LinkedBlockingQueue<Integer>().take()));
        assertTrue(error.getMessage().startsWith("deadlock"), error.getMessage());
        assertTrue(error.getMessage().contains("java.util.concurrent.LinkedBlockingQueue.take"), error.getMessage());
    }

    @Test
    void executors_tasks_runUnderControl() {
        Explore.all(() -> {
            var n = new AtomicInteger();
            try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
                var a = pool.submit(n::incrementAndGet);
                var b = pool.submit(n::incrementAndGet);
                Programs.check(a.get() + b.get() == 3, "not 3");
            }
            Programs.check(n.get() == 2, "not 2");
        });
        Explore.options().preemptions(1).all(() -> {
            var n = new AtomicInteger();
            try (var pool = Executors.newFixedThreadPool(1)) {
                pool.execute(n::incrementAndGet);
                pool.execute(n::incrementAndGet);
            }
            Programs.check(n.get() == 2, "not 2");
        });
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var n = new Programs.Torn();
            try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
                pool.execute(n::add);
                pool.execute(n::add);
            }
            Programs.check(n.n == 2, "n is " + n.n);
        }));
        assertTrue(error.getMessage().contains("n is 1"), error.getMessage());
    }

    @Test
    void futures_getAndTimeout_bothCome() {
        Explore.all(() -> {
            var task = new FutureTask<>(() -> 7);
            var other = Programs.go("other", task);
            Programs.check(task.get() == 7, "not 7");
            other.join();
        });
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var task = new FutureTask<>(() -> 7);
            var other = Programs.go("other", task);
            try {
                task.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new IllegalStateException("late");
            }
            other.join();
        }));
        assertTrue(error.getMessage().contains("late"), error.getMessage());
        Explore.options().preemptions(1).all(() -> {
            var future = CompletableFuture.supplyAsync(() -> 1).thenApply(n -> n + 1);
            var both = future.thenCombine(CompletableFuture.supplyAsync(() -> 5), Integer::sum);
            Programs.check(both.join() == 7, "not 7");
        });
    }

    @Test
    void meetings_ofTwo_takePlace() {
        Explore.options().preemptions(1).all(() -> {
            var barrier = new CyclicBarrier(2);
            var other = go(barrier::await);
            barrier.await();
            other.join();
        });
        Explore.options().preemptions(1).all(() -> {
            var phaser = new Phaser(2);
            var other = go(phaser::arriveAndAwaitAdvance);
            phaser.arriveAndAwaitAdvance();
            other.join();
        });
        Explore.options().preemptions(1).all(() -> {
            var exchanger = new Exchanger<Integer>();
            var got = new AtomicInteger();
            var other = go(() -> got.addAndGet(exchanger.exchange(1)));
            got.addAndGet(10 * exchanger.exchange(2));
            other.join();
            Programs.check(got.get() == 12, "got " + got.get());
        });
    }

    @Test
    void locks_conditionsAndReaders_areModelled() {
        Explore.all(() -> {
            var lock = new ReentrantLock();
            var filled = lock.newCondition();
            var value = new int[1];
            var other = go(() -> {
                lock.lock();
                value[0] = 1;
                filled.signal();
                lock.unlock();
            });
            lock.lock();
            while (value[0] == 0) {
                filled.await();
            }
            lock.unlock();
            other.join();
        });
        Explore.all(() -> {
            var lock = new ReentrantReadWriteLock();
            var value = new int[2];
            var writer = go(() -> {
                lock.writeLock().lock();
                value[0]++;
                value[1]++;
                lock.writeLock().unlock();
            });
            lock.readLock().lock();
            Programs.check(value[0] == value[1], "torn");
            lock.readLock().unlock();
            writer.join();
        });
    }

    @Test
    void stampedLock_readersSeeNoHalves_andOptimistsHearOfWriters() {
        Explore.all(() -> {
            var lock = new StampedLock();
            var value = new AtomicInteger[] {new AtomicInteger(), new AtomicInteger()};
            var writer = go(() -> {
                long stamp = lock.writeLock();
                value[0].getAndIncrement();
                value[1].getAndIncrement();
                lock.unlockWrite(stamp);
            });
            long seen = lock.tryOptimisticRead();
            int first = value[0].get();
            int second = value[1].get();
            if (seen == 0 || !lock.validate(seen)) {
                seen = lock.readLock();
                first = value[0].get();
                second = value[1].get();
                lock.unlock(seen);
            }
            Programs.check(first == second, "torn");
            writer.join();
        });
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var lock = new StampedLock();
            var value = new AtomicInteger[] {new AtomicInteger(), new AtomicInteger()};
            var writer = go(() -> {
                long stamp = lock.writeLock();
                value[0].getAndIncrement();
                value[1].getAndIncrement();
                lock.unlockWrite(stamp);
            });
            long seen = lock.tryOptimisticRead();
            int first = value[0].get();
            int second = value[1].get();
            Programs.check(seen == 0 || first == second, "not validated");
            writer.join();
        }));
        assertTrue(error.getMessage().contains("not validated"), error.getMessage());
    }

    @Test
    void stampedLock_twoUpgrade_oneSucceeds() {
        Explore.all(() -> {
            var lock = new StampedLock();
            var plain = new int[1];
            Body upgrade = () -> {
                long stamp = lock.readLock();
                long writes = lock.tryConvertToWriteLock(stamp);
                if (writes == 0) {
                    lock.unlockRead(stamp);
                    writes = lock.writeLockInterruptibly();
                }
                plain[0]++;
                long optimistic = lock.tryConvertToOptimisticRead(writes);
                Programs.check(optimistic != 0, "not given back");
            };
            var other = go(upgrade);
            upgrade.run();
            other.join();
            Programs.check(plain[0] == 2 && !lock.isWriteLocked() && !lock.isReadLocked(), "" + lock);
            assertThrows(IllegalMonitorStateException.class, () -> lock.unlockRead(lock.tryOptimisticRead()));
        });
    }

    @Test
    void stampedLock_notGivenBack_isADeadlock() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var lock = new StampedLock();
            var other = go(() -> lock.asReadLock().lock());
            lock.asReadWriteLock().writeLock().lock();
            lock.asWriteLock().unlock();
            other.join();
        }));
        assertTrue(error.getMessage().contains("a write lock"), error.getMessage());
    }

    /// The model says of every stamp what the JDK's lock says.
    @Test
    void stampedLock_randomOperationsByOne_answerAsTheJdks() {
        String expected = answers(new StampedLock());
        assertTrue(expected.split(" ").length == 3_000, expected);
        Explore.all(() -> Programs.check(answers(new StampedLock()).equals(expected), "the model differs"));
    }

    private static String answers(StampedLock lock) {
        var random = new Random(7);
        var stamps = new ArrayList<Long>(List.of(0L, 1L, 256L));
        var said = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            long stamp = stamps.get(random.nextInt(stamps.size()));
            long answer;
            try {
                answer = switch (random.nextInt(14)) {
                    case 0 -> lock.tryWriteLock();
                    case 1, 2 -> lock.tryReadLock();
                    case 3 -> lock.tryOptimisticRead();
                    case 4 -> lock.validate(stamp) ? 1 : 0;
                    case 5 -> lock.tryConvertToWriteLock(stamp);
                    case 6 -> lock.tryConvertToReadLock(stamp);
                    case 7 -> lock.tryConvertToOptimisticRead(stamp);
                    case 8 -> lock.getReadLockCount();
                    case 9 -> lock.isWriteLocked() ? 1 : lock.isReadLocked() ? 2 : 3;
                    case 10 -> lock.tryUnlockRead() ? 1 : 0;
                    case 11 -> lock.tryUnlockWrite() ? 1 : 0;
                    default -> {
                        lock.unlock(stamp);
                        yield 7;
                    }
                };
            } catch (IllegalMonitorStateException e) {
                answer = -1;
            }
            said.append(answer).append(' ');
            if (answer > 255) {
                stamps.add(answer);
            }
            if (stamps.size() > 5) {
                stamps.removeFirst();
            }
        }
        return said.toString();
    }

    @Test
    void concurrentMap_checkThenAct_isFound() {
        var error = assertThrows(ScheduleError.class, () -> Explore.all(() -> {
            var map = new ConcurrentHashMap<String, Integer>();
            Runnable count = () -> {
                Integer n = map.get("k");
                map.put("k", n == null ? 1 : n + 1);
            };
            var other = Programs.go("other", count);
            count.run();
            other.join();
            Programs.check(map.get("k") == 2, "k is " + map.get("k"));
        }));
        assertTrue(error.getMessage().contains("k is 1"), error.getMessage());
        Explore.all(() -> {
            var map = new ConcurrentHashMap<String, Integer>();
            Runnable count = () -> map.merge("k", 1, Integer::sum);
            var other = Programs.go("other", count);
            count.run();
            other.join();
            Programs.check(map.get("k") == 2, "k is " + map.get("k"));
        });
    }

    @Test
    void cleaner_programAsksForACollection_actsForWhatIsUnreachable() {
        Explore.all(() -> {
            var cleaner = Cleaner.create();
            var cleaned = new AtomicInteger();
            var kept = new Object();
            cleaner.register(new Object(), () -> cleaned.addAndGet(1));
            cleaner.register(kept, () -> cleaned.addAndGet(10));
            var early = cleaner.register(new Object(), () -> cleaned.addAndGet(100));
            early.clean();
            early.clean();
            Programs.check(cleaned.get() == 100, "cleaned by nobody: " + cleaned.get());
            System.gc();
            Programs.check(cleaned.get() == 101, "cleaned: " + cleaned.get());
            Reference.reachabilityFence(kept);
        });
    }
}
