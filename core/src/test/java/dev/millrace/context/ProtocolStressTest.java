package dev.millrace.context;

import static dev.millrace.context.TestTools.HOUR;
import static dev.millrace.context.TestTools.LONG;
import static dev.millrace.context.TestTools.rounds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.context.TestTools.Round;
import dev.millrace.verify.Hazard;
import dev.millrace.verify.Item;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Two sides of the tree's protocol at once, many times.
class ProtocolStressTest {
    private static final Context BG = Context.background();

    private static AfterFunc listen(Context context) {
        return context.afterFunc(() -> {});
    }

    // Merges.

    @Test
    void anyOf_bothParentsCancelledAtOnce_endsOnceAndBothReturn() {
        rounds(2_000, i -> {
            var a = BG.withCancel();
            var b = BG.withCancel();
            var ca = new Throwable("a");
            var cb = new Throwable("b");
            var merged = Context.anyOf(a, b);
            var below = merged.withCancel();
            listen(below);
            return new Round(() -> a.cancel(ca), () -> b.cancel(cb), () -> {
                assertTrue(merged.isDone() && below.isDone());
                assertTrue(merged.cause() == ca || merged.cause() == cb);
                assertSame(merged.cause(), below.cause());
                assertEquals(0, TestTools.listeners(a) + TestTools.listeners(b));
            });
        });
    }

    @Test
    void anyOf_crosswiseMergesCancelledAtOnce_doNotWaitForEachOther() {
        rounds(10_000, i -> {
            var a = BG.withCancel();
            var b = BG.withCancel();
            var ab = Context.anyOf(a, b);
            var ba = Context.anyOf(b, a);
            listen(ab);
            listen(ba);
            return new Round(a::cancel, b::cancel, () -> assertTrue(ab.isDone() && ba.isDone()));
        });
    }

    @Test
    void anyOf_nestedCrosswiseBelowEachOther_doNotWaitForEachOther() {
        rounds(2_000, i -> {
            var a = BG.withCancel();
            var b = BG.withCancel();
            var a2 = a.withCancel();
            var b2 = b.withCancel();
            var m = Context.anyOf(a2, b2);
            var n = Context.anyOf(b2, a2);
            var o = Context.anyOf(n.withCancel(), m.withCancel());
            var p = Context.anyOf(m.withCancel(), n.withCancel());
            listen(o);
            listen(p);
            return new Round(a::cancel, b::cancel, () -> assertTrue(o.isDone() && p.isDone()));
        });
    }

    @Test
    void anyOf_registeredWhileFurtherParentIsCancelled_isDoneWhenCancelReturns() {
        var late = new AtomicInteger();
        rounds(10_000, i -> {
            var a = BG.withCancel();
            var b = BG.withCancel();
            var merged = Context.anyOf(a, b);
            return new Round(() -> listen(merged), () -> {
                b.cancel();
                if (!merged.isDone()) {
                    late.incrementAndGet();
                }
            }, () -> assertTrue(merged.isDone()));
        });
        assertEquals(0, late.get(), "times alive after cancel() of a parent had returned");
    }

    // Foreign sources.

    @Test
    void foreign_lastGoesWhileNextComes_nextHearsTheEnd() {
        var started = new AtomicInteger();
        int ran = rounds(3_000, i -> {
            var source = new TestSource();
            var ctx = Context.from(source);
            AfterFunc going = ctx.afterFunc(() -> {});
            var coming = new AtomicReference<AfterFunc>();
            return new Round(going::stop, () -> coming.set(ctx.afterFunc(started::incrementAndGet)), () -> {
                source.end(new CancelledException("over"));
                assertTrue(coming.get().isStarted(), "round " + i + ": it was registered and did not hear");
            });
        });
        TestTools.eventually("all have run", () -> started.get() == ran);
    }

    @Test
    void foreign_childCancelledWhileItRegisters_leavesNoCallbackAtTheSource() {
        rounds(2_000, i -> {
            var source = new TestSource();
            var ctx = Context.from(source);
            var child = ctx.withCancel();
            return new Round(() -> listen(child), child::cancel, () -> TestTools.eventually(
                    "round " + i + ": callback taken back", () -> source.callbacks() == 0));
        });
    }

    @Test
    void foreign_endsWhileChildRegisters_childEnds() {
        rounds(3_000, i -> {
            var source = new TestSource();
            var child = Context.from(source).withCancel().withValue(Context.Key.named("k"), i);
            var f = new AtomicReference<AfterFunc>();
            return new Round(
                    () -> f.set(listen(child)),
                    () -> source.end(new CancelledException("over")),
                    () -> {
                        assertTrue(f.get().isStarted());
                        assertTrue(child.isDone());
                    });
        });
    }

    @Test
    @Item("CTX-F09")
    void foreign_thatCallsUnderItsOwnLock_doesNotDeadlock() {
        rounds(1_000, i -> {
            var source = new TestSource() {
                @Override
                public synchronized Runnable onDone(Runnable callback) {
                    return super.onDone(callback);
                }

                @Override
                synchronized void end(Throwable why) {
                    super.end(why);
                }
            };
            var ctx = Context.from(source);
            var child = ctx.withCancel();
            var other = BG.withCancel();
            var merged = Context.anyOf(other, child);
            source.onDone(child::cancel);
            listen(merged);
            return new Round(() -> source.end(new CancelledException("over")), () -> {
                switch (i % 4) {
                    case 0 -> child.cancel();
                    case 1 -> other.cancel();
                    case 2 -> listen(ctx.withCancel());
                    default -> ctx.withTimeout(HOUR).isDone();
                }
            }, () -> assertTrue(ctx.isDone() && child.isDone() && merged.isDone()));
        });
    }

    // Registration against cancel.

    @Test
    @Item("CTX-C12")
    @Hazard(18)
    void child_madeWhileParentIsCancelled_endsWithItsCause() {
        rounds(10_000, i -> {
            var parent = BG.withCancel();
            var cause = new Throwable("why");
            var child = new AtomicReference<CancellableContext>();
            return new Round(() -> parent.cancel(cause), () -> child.set(parent.withCancel()), () -> {
                assertTrue(child.get().isDone());
                assertSame(cause, child.get().cause());
            });
        });
    }

    @Test
    @Item("CTX-C12")
    void waiter_registeredWhileAncestorIsCancelled_alwaysWakes() {
        rounds(3_000, i -> {
            var root = BG.withCancel();
            var cause = new Throwable("why");
            var leaf = root.withCancel().withTimeout(HOUR).withCancel();
            return new Round(() -> root.cancel(cause), () -> assertTrue(leaf.awaitDone(LONG)), () -> {
                assertSame(cause, leaf.cause());
                assertEquals(0, TestTools.listeners(leaf));
            });
        });
    }

    @Test
    void afterFunc_registeredWhileAncestorIsCancelled_alwaysStarts() {
        rounds(10_000, i -> {
            var root = BG.withCancel();
            var leaf = root.withCancel().withCancel();
            var f = new AtomicReference<AfterFunc>();
            return new Round(root::cancel, () -> f.set(listen(leaf)), () -> assertTrue(f.get().isStarted()));
        });
    }

    @Test
    @Item("CTX-A05")
    @Hazard(19)
    void afterFunc_stopAgainstCancel_exactlyOneOfStoppedAndStarted() {
        var runs = new AtomicInteger();
        var stops = new AtomicInteger();
        TestTools.allRounds(10_000, i -> {
            var ctx = BG.withCancel();
            AfterFunc f = ctx.afterFunc(runs::incrementAndGet);
            var stopped = new AtomicReference<Boolean>();
            return new Round(ctx::cancel, () -> stopped.set(f.stop()), () -> {
                assertEquals(f.isStarted(), !stopped.get());
                stops.addAndGet(stopped.get() ? 1 : 0);
            });
        });
        TestTools.eventually("each was stopped or has run", () -> runs.get() + stops.get() == 10_000);
    }

    @Test
    void poll_ofDeepUnregisteredChainAgainstCancel_answersAreStable() {
        rounds(2_000, i -> {
            var root = BG.withCancel();
            var cause = new Throwable("why");
            Context leaf = root;
            for (int d = 0; d < 1 + i % 12; d++) {
                leaf = d % 3 == 2 ? leaf.withTimeout(HOUR) : leaf.withCancel();
            }
            Context deep = leaf;
            return new Round(() -> root.cancel(cause), () -> {
                boolean done = false;
                for (int n = 0; n < 60; n++) {
                    Throwable c = deep.cause();
                    assertTrue(c == null || c == cause);
                    assertFalse(done && c == null, "was done and is alive");
                    done = c != null;
                    assertFalse(done && !deep.isDone());
                }
            }, () -> {
                assertTrue(deep.isDone());
                assertSame(cause, deep.cause());
            });
        });
    }

    @Test
    void poll_sawDone_parentIsDone() {
        rounds(2_000, i -> {
            var root = BG.withCancel();
            var middle = root.withCancel();
            var leaf = middle.withCancel();
            if (i % 2 == 0) {
                listen(leaf);
            }
            return new Round(root::cancel, () -> {
                while (!leaf.isDone()) {
                    Thread.onSpinWait();
                }
                assertTrue(middle.isDone());
                assertTrue(root.isDone());
            }, () -> assertNotNull(leaf.err()));
        });
    }

    @Test
    void deadline_againstCancel_oneOfThemWinsForAll() {
        rounds(3_000, i -> {
            var cause = new Throwable("why");
            var ctx = BG.withTimeout(Duration.ofNanos(20_000 + i % 7 * 10_000));
            var child = ctx.withCancel();
            AfterFunc f = listen(child);
            return new Round(() -> {
                long end = System.nanoTime() + i % 10 * 8_000;
                while (System.nanoTime() - end < 0) {
                    Thread.onSpinWait();
                }
                ctx.cancel(cause);
            }, () -> assertTrue(child.awaitDone(LONG)), () -> {
                assertTrue(f.isStarted());
                boolean late = ctx.err() instanceof DeadlineExceededException;
                assertSame(late ? ctx.err() : cause, ctx.cause());
                assertSame(ctx.cause(), child.cause());
                assertSame(ctx.err(), child.err());
            });
        });
    }

    @Test
    void weakNodes_strengthenedWhileCancelled_end() {
        rounds(2_000, i -> {
            var root = BG.withCancel();
            Context leaf = root;
            for (int d = 0; d < 8; d++) {
                leaf = leaf.withCancel();
            }
            Context deep = leaf;
            assertFalse(deep.isDone()); // a long poll registers the chain weakly
            assertEquals(1, TestTools.listeners(root));
            var f = new AtomicReference<AfterFunc>();
            return new Round(root::cancel, () -> f.set(listen(deep)), () -> {
                assertTrue(f.get().isStarted());
                assertTrue(deep.isDone());
                assertEquals(0, TestTools.listeners(root));
            });
        });
    }

    @Test
    void weakNodes_closedWhileCancelled_leaveNothing() {
        rounds(2_000, i -> {
            var root = BG.withCancel();
            var middle = root.withCancel();
            Context leaf = middle;
            for (int d = 0; d < 6; d++) {
                leaf = leaf.withCancel();
            }
            assertFalse(leaf.isDone());
            Context deep = leaf;
            return new Round(root::cancel, middle::close, () -> {
                assertTrue(deep.isDone());
                assertEquals(0, TestTools.listeners(root) + TestTools.listeners(middle));
            });
        });
    }

    @Test
    void children_closedWhileParentIsCancelled_allEndAndNothingIsLeft() {
        rounds(500, i -> {
            var parent = BG.withCancel();
            var children = new CancellableContext[50];
            for (int c = 0; c < children.length; c++) {
                children[c] = parent.withCancel();
                listen(children[c]);
                listen(children[c].withCancel());
            }
            return new Round(parent::cancel, () -> {
                for (int c = children.length; c-- > 0;) {
                    children[c].close();
                }
            }, () -> {
                assertEquals(0, TestTools.listeners(parent));
                for (var child : children) {
                    assertTrue(child.isDone());
                    assertEquals(0, TestTools.listeners(child));
                }
            });
        });
    }

    // Guarantees of cancel().

    @Test
    @Item("CTX-C05")
    void cancel_secondOfTwo_returnsAfterAllDescendantsHaveEnded() {
        rounds(500, i -> {
            var root = BG.withCancel();
            var leaves = new Context[200];
            for (int l = 0; l < leaves.length; l++) {
                leaves[l] = root.withCancel().withValue(Context.Key.named("k"), "v").withCancel();
                if (l % 2 == 0) {
                    listen(leaves[l]);
                }
            }
            TestTools.Body cancelAndLook = () -> {
                root.cancel();
                for (Context leaf : leaves) {
                    assertTrue(leaf.isDone(), "alive after cancel() returned");
                }
            };
            return new Round(cancelAndLook, cancelAndLook, () -> assertEquals(0, TestTools.listeners(root)));
        });
    }

    @Test
    @Item({"CTX-C07", "CTX-C08", "CTX-C09"})
    void errAndDone_polledAgainstCancel_agreeInBothDirections() {
        rounds(2_000, i -> {
            var root = BG.withCancel();
            Context ctx = i % 2 == 0 ? root : root.withCancel();
            Done done = ctx.done();
            return new Round(root::cancel, () -> {
                ContextException seen = null;
                for (int n = 0; n < 50; n++) {
                    ContextException err = ctx.err();
                    if (err != null) {
                        assertTrue(done.isDone(), "err() before done");
                        assertTrue(seen == null || seen == err, "err() changed");
                        seen = err;
                    } else {
                        assertNull(seen, "err() went back to null");
                    }
                    if (done.isDone()) {
                        assertNotNull(ctx.err(), "done before err()");
                    }
                }
            }, () -> assertTrue(ctx.err() instanceof CancelledException));
        });
    }

    @Test
    @Item("CTX-C13")
    void tree_allNodesCancelledAtOnceInRandomOrder_allEndAndAllReturn() {
        for (int round = 0; round < 30; round++) {
            var random = new java.util.Random(round);
            var nodes = new CancellableContext[100];
            nodes[0] = BG.withCancel();
            for (int n = 1; n < nodes.length; n++) {
                var parent = nodes[random.nextInt(n)];
                nodes[n] = switch (n % 5) {
                    case 0 -> parent.withTimeout(HOUR);
                    case 1 -> Context.anyOf(parent, nodes[random.nextInt(n)]);
                    default -> parent.withCancel();
                };
                if (random.nextBoolean()) {
                    listen(nodes[n]);
                }
            }
            var order = new java.util.ArrayList<>(java.util.List.of(nodes));
            java.util.Collections.shuffle(order, random);
            var bodies = new TestTools.Body[10];
            for (int b = 0; b < bodies.length; b++) {
                var mine = order.subList(b * 10, b * 10 + 10);
                bodies[b] = () -> mine.forEach(CancellableContext::cancel);
            }
            TestTools.together(bodies);
            for (var node : nodes) {
                assertTrue(node.isDone());
                assertEquals(0, TestTools.listeners(node));
            }
        }
    }

    @Test
    @Item("CTX-C14")
    void childCancel_byThreadThatParentsEndWoke_doesNotDeadlock() {
        for (int round = 0; round < 300; round++) {
            var parent = BG.withCancel();
            var threads = new TestTools.Threads();
            var ready = new CountDownLatch(4);
            for (int t = 0; t < 4; t++) {
                var child = parent.withCancel();
                listen(child.withCancel());
                threads.virtual(() -> {
                    ready.countDown();
                    parent.awaitDone();
                    child.cancel();
                    assertTrue(child.isDone());
                });
            }
            TestTools.await(ready);
            parent.cancel();
            threads.join();
        }
    }

    @Test
    @Item("CTX-K14")
    void cause_polledAgainstCancel_isNullOrExactlyIt() {
        rounds(2_000, i -> {
            var ctx = BG.withCancel();
            var cause = new Throwable("why");
            return new Round(() -> ctx.cancel(cause), () -> {
                Throwable c;
                do {
                    c = ctx.cause();
                    assertTrue(c == null || c == cause);
                } while (c == null);
            }, () -> assertSame(cause, ctx.cause()));
        });
    }

    @Test
    @Item("CTX-C04")
    @Hazard(17)
    void cancel_byTwoWithTwoCauses_bothSeeTheSameOne() {
        rounds(2_000, i -> {
            var ctx = BG.withCancel();
            var a = new Throwable("a");
            var b = new Throwable("b");
            var seen = new Throwable[2];
            return new Round(() -> {
                ctx.cancel(a);
                seen[0] = ctx.cause();
            }, () -> {
                ctx.cancel(b);
                seen[1] = ctx.cause();
            }, () -> {
                assertSame(seen[0], seen[1]);
                assertTrue(seen[0] == a || seen[0] == b);
            });
        });
    }
}
