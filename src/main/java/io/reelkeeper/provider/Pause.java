package io.reelkeeper.provider;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The wait between two attempts; a test moves its clock instead.
@FunctionalInterface
interface Pause {

  void last(Duration time) throws InterruptedException;

  /// Parks the (virtual) thread that asks.
  @Configuration(proxyBeanMethods = false)
  class Real {

    @Bean
    Pause pause() {
      return time -> {
        boolean opened = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
        assert !opened : "nobody counts this latch down";
      };
    }
  }
}
