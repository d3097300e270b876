package dev.millrace.http;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.context.Context;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/// A body as a channel of its lines, which is there when the headers are.
final class Lines implements BodySubscriber<ReceiveChan<String>> {
    /// How many lines may have come and not be received yet.
    private static final int BUFFER = 16;

    private final BodySubscriber<Void> bytes;
    private final ReceiveChan<String> lines;

    Lines(Context ctx, ResponseInfo info) {
        var relay = new Relay();
        this.bytes = BodyHandlers.fromLineSubscriber(relay).apply(info); // it knows the charset
        this.lines = Chan.from(ctx, relay, BUFFER);
    }

    @Override
    public CompletionStage<ReceiveChan<String>> getBody() {
        return CompletableFuture.completedStage(lines);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        bytes.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {
        bytes.onNext(part);
    }

    @Override
    public void onError(Throwable failure) {
        bytes.onError(failure);
    }

    @Override
    public void onComplete() {
        bytes.onComplete();
    }

    /// From the JDK's subscriber for lines to the channel's, which comes at a time of its own, perhaps after the last byte. So what is
    /// said is a chain of stages behind its coming. The client speaks word by word, as a publisher must.
    private static final class Relay implements Flow.Processor<String, String> {
        private final CompletableFuture<Flow.Subscriber<? super String>> receiver = new CompletableFuture<>();
        private volatile CompletableFuture<Flow.Subscriber<? super String>> said = receiver;

        private interface Word {
            void to(Flow.Subscriber<? super String> receiver);
        }

        private void say(Word word) {
            said = said.thenApply(to -> {
                word.to(to);
                return to;
            });
        }

        @Override
        public void subscribe(Flow.Subscriber<? super String> subscriber) {
            receiver.complete(subscriber);
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            say(to -> to.onSubscribe(subscription));
        }

        @Override
        public void onNext(String line) {
            receiver.join().onNext(line); // it has asked for it, so it is there
        }

        @Override
        public void onError(Throwable failure) {
            say(to -> to.onError(failure));
        }

        @Override
        public void onComplete() {
            say(Flow.Subscriber::onComplete);
        }
    }
}
