package dev.millrace.time;

import java.time.Duration;

/// A [RateLimiter] seen from outside. The bucket and those who wait are each exact at an instant of their own.
///
/// @param rate tokens per second
/// @param burst how many tokens the bucket holds
/// @param tokens how many are there, with the part of one that is to come; negative when more are taken in advance than have come
/// @param waiting how many wait in [RateLimiter#await(dev.millrace.context.Context)]; who has reserved and waits by other means is not
///     known
/// @param longestWait how long the one of them waits who waits longest; zero when nobody does
public record RateLimiterSnapshot(double rate, int burst, double tokens, int waiting, Duration longestWait) {}
