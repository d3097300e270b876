package dev.millrace.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What a waiter tells the seat of its thread, and when: the protocol of the count of those who can run.
class SeatTest {
    /// Real but for the seats, of which each remembers what it was told and what could be seen at that moment.
    private static final class Counting extends RealTimeScheduler {
        final AtomicReference<Seat> seat = new AtomicReference<>();

        @Override
        protected Seat seat(Waiter waiter) {
            return seat.get();
        }
    }

    private static class Told extends Seat {
        final List<String> told = new ArrayList<>();
        Waiter waiter;

        @Override
        protected void blocked() {
            tell("blocked");
        }

        @Override
        protected void unblocking() {
            tell("unblocking");
        }

        @Override
        protected void withdrawn() {
            tell("withdrawn");
        }

        @Override
        protected void unblocked() {
            tell("unblocked");
        }

        @Override
        protected void resumed() {
            tell("resumed");
        }

        void tell(String what) {
            told.add(what + (waiter.isCounted() ? " while it waits" : " while it does not wait"));
        }
    }

    private final Counting scheduler = new Counting();

    private Waiter seated(Told seat) {
        seat.waiter = new Waiter(scheduler);
        scheduler.seat.set(seat);
        return seat.waiter;
    }

    @Test
    void wait_thatIsClaimed_tellsInOrder() {
        var seat = new Told() {
            @Override
            protected void blocked() {
                super.blocked();
                assertTrue(waiter.claim(Waiter.READY));
                waiter.wake();
            }
        };
        assertSame(Waiter.READY, seated(seat).await("test"));
        assertEquals(
                List.of(
                        "blocked while it waits", // published first: else a waker would not count it
                        "unblocking while it waits", // before anybody can see the outcome
                        "unblocked while it does not wait",
                        "resumed while it does not wait"),
                seat.told);
    }

    @Test
    void claim_thatIsTooLate_isTakenBack() {
        var seat = new Told() {
            private boolean within;

            @Override
            protected void blocked() {
                super.blocked();
                assertFalse(waiter.claim(Waiter.TIMED_OUT)); // overtaken, see below
            }

            @Override
            protected void unblocking() {
                super.unblocking();
                if (!within) {
                    within = true;
                    assertTrue(waiter.claim(Waiter.READY)); // faster
                    waiter.wake();
                }
            }
        };
        assertSame(Waiter.READY, seated(seat).await("test"));
        assertEquals(
                List.of(
                        "blocked while it waits",
                        "unblocking while it waits",
                        "unblocking while it waits",
                        "unblocked while it does not wait",
                        "withdrawn while it does not wait",
                        "resumed while it does not wait"),
                seat.told);
    }

    @Test
    void claim_beforeTheWait_tellsNothing() {
        var seat = new Told();
        Waiter waiter = seated(seat);
        assertTrue(waiter.claim(Waiter.READY));
        assertSame(Waiter.READY, waiter.await("test"));
        assertEquals(List.of(), seat.told);
    }

    @Test
    void wait_withoutSeat_tellsNothing() {
        var waiter = new Waiter(scheduler);
        Thread.currentThread().interrupt();
        assertSame(Waiter.INTERRUPTED, waiter.await("test"));
        assertTrue(Thread.interrupted());
        assertFalse(waiter.isCounted());
    }

    @Test
    void interrupt_isClaimedBeforeTheFlagIsCleared() {
        var seat = new Told() {
            @Override
            protected void blocked() {
                super.blocked();
                Thread.currentThread().interrupt();
                assertTrue(waiter.isInterruptible());
            }

            @Override
            protected void unblocking() {
                super.unblocking();
                // Whoever asks meanwhile sees that the thread was interrupted, or the token.
                assertTrue(Thread.currentThread().isInterrupted());
            }
        };
        assertSame(Waiter.INTERRUPTED, seated(seat).await("test"));
        assertTrue(Thread.interrupted());
        assertEquals(4, seat.told.size());
    }

    @Test
    void interrupt_thatTheSchedulerTakes_isLeftToIt() {
        var seat = new Told() {
            @Override
            protected void blocked() {
                super.blocked();
                Thread.currentThread().interrupt();
            }

            @Override
            protected boolean takesInterrupt() {
                tell("takes");
                assertTrue(Thread.currentThread().isInterrupted());
                assertNull(waiter.outcome());
                assertTrue(waiter.claim(Waiter.INTERRUPTED)); // as the scheduler will
                waiter.wake();
                return true;
            }
        };
        assertSame(Waiter.INTERRUPTED, seated(seat).await("test"));
        assertTrue(Thread.interrupted());
        assertEquals(5, seat.told.size());
    }

    @Test
    void interrupt_ofAnUninterruptibleWait_tellsNothingMore() {
        var seat = new Told() {
            @Override
            protected void blocked() {
                super.blocked();
                Thread.currentThread().interrupt();
                assertFalse(waiter.isInterruptible());
                Thread.startVirtualThread(() -> {
                    while (Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                    assertTrue(waiter.claim(Waiter.READY));
                    waiter.wake();
                });
            }
        };
        assertSame(Waiter.READY, seated(seat).awaitUninterruptibly("test"));
        assertTrue(Thread.interrupted());
    }

    @Test
    void wait_ofAGoroutineThatIsToEnd_throws() {
        var seat = new Told() {
            @Override
            protected void blocked() {
                super.blocked();
                assertTrue(waiter.claim(Waiter.ENDED));
                waiter.wake();
            }
        };
        Waiter waiter = seated(seat);
        assertThrows(GoExit.class, () -> waiter.awaitUninterruptibly("test"));
        assertEquals("resumed while it does not wait", seat.told.getLast());
        var early = seated(new Told());
        assertTrue(early.claim(Waiter.ENDED));
        assertThrows(GoExit.class, () -> early.await("test"));
    }
}
