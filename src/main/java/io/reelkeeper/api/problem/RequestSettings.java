package io.reelkeeper.api.problem;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How long a client may take to send one request. All that are taken here are small: whoever needs
/// longer holds a connection on purpose.
///
/// @param head from the first byte to the end of the headers
/// @param body from there to the last byte
@Validated
@ConfigurationProperties("reelkeeper.requests")
record RequestSettings(
    @DefaultValue("20s") @DurationMin(millis = 1, message = "must be longer than nothing")
        Duration head,
    @DefaultValue("30s") @DurationMin(millis = 1, message = "must be longer than nothing")
        Duration body) {}
