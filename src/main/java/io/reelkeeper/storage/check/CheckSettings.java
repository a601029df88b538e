package io.reelkeeper.storage.check;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param live whether profiles are looked at by themselves; tests do it themselves
/// @param every a bucket that is down, or back, is known after this time, for one listing each
@ConfigurationProperties("reelkeeper.storage-check")
record CheckSettings(@DefaultValue("true") boolean live, @DefaultValue("5m") Duration every) {}
