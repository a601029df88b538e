package io.reelkeeper.events;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How events are streamed.
///
/// @param poll how often is looked for new events, once for all streams of a replica, and only
///     while there is a stream
/// @param heartbeat below the minute after which proxies close what is silent
/// @param patience how long a client may take nothing before its stream ends; it resumes where it
///     was
/// @param most streams of one replica
/// @param perKey streams of one API key at one replica
@Validated
@ConfigurationProperties("reelkeeper.streams")
record StreamSettings(
    @DefaultValue("200ms")
        @DurationMax(seconds = 10, message = "must be between 10ms and 10s")
        @DurationMin(millis = 10, message = "must be between 10ms and 10s")
        Duration poll,
    @DefaultValue("15s")
        @DurationMax(minutes = 5, message = "must be between 50ms and 5m")
        @DurationMin(millis = 50, message = "must be between 50ms and 5m")
        Duration heartbeat,
    @DefaultValue("30s")
        @DurationMax(minutes = 5, message = "must be between 50ms and 5m")
        @DurationMin(millis = 50, message = "must be between 50ms and 5m")
        Duration patience,
    @DefaultValue("500")
        @Max(value = 100_000, message = "must be between 0 and 100000")
        @Min(value = 0, message = "must be between 0 and 100000")
        int most,
    @DefaultValue("50")
        @Max(value = 100_000, message = "must be between 0 and 100000")
        @Min(value = 0, message = "must be between 0 and 100000")
        int perKey) {}
