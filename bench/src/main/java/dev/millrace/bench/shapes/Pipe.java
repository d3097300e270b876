package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import dev.millrace.chan.Chan;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;

/// What virtual threads send numbers through. A fork loads one subclass only, so that these calls cost nothing.
abstract class Pipe {
    abstract void send(Integer value) throws InterruptedException;

    abstract Integer receive() throws InterruptedException;

    /// With capacity 0, one without buffer.
    static Pipe millrace(int capacity) {
        return new OfMillrace(Chan.buffered(capacity));
    }

    static Pipe of(Chan<Integer> chan) {
        return new OfMillrace(chan);
    }

    static Pipe of(Channel<Integer> channel) {
        return new OfJox(channel);
    }

    static Pipe millrace() {
        return millrace(0);
    }

    static Pipe jox(int capacity) {
        return new OfJox(capacity == 0 ? Channel.newRendezvousChannel() : Channel.newBufferedChannel(capacity));
    }

    static Pipe jox() {
        return jox(0);
    }

    static Pipe queue(BlockingQueue<Integer> queue) {
        return new OfQueue(queue);
    }

    /// The sender waits for its receiver, as without a buffer.
    static Pipe transfer() {
        return new OfTransfer();
    }

    private static final class OfMillrace extends Pipe {
        private final Chan<Integer> chan;

        OfMillrace(Chan<Integer> chan) {
            this.chan = chan;
        }

        @Override
        void send(Integer value) {
            chan.send(value);
        }

        @Override
        Integer receive() {
            return chan.receive();
        }
    }

    private static final class OfJox extends Pipe {
        private final Channel<Integer> channel;

        OfJox(Channel<Integer> channel) {
            this.channel = channel;
        }

        @Override
        void send(Integer value) throws InterruptedException {
            channel.send(value);
        }

        @Override
        Integer receive() throws InterruptedException {
            return channel.receive();
        }
    }

    private static final class OfQueue extends Pipe {
        private final BlockingQueue<Integer> queue;

        OfQueue(BlockingQueue<Integer> queue) {
            this.queue = queue;
        }

        @Override
        void send(Integer value) throws InterruptedException {
            queue.put(value);
        }

        @Override
        Integer receive() throws InterruptedException {
            return queue.take();
        }
    }

    private static final class OfTransfer extends Pipe {
        private final LinkedTransferQueue<Integer> queue = new LinkedTransferQueue<>();

        @Override
        void send(Integer value) throws InterruptedException {
            queue.transfer(value);
        }

        @Override
        Integer receive() throws InterruptedException {
            return queue.take();
        }
    }
}
