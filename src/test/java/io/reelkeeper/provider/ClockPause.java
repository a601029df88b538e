package io.reelkeeper.provider;

import io.reelkeeper.TestClock;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/// Lets the pauses between two attempts pass on the test's clock.
@TestConfiguration(proxyBeanMethods = false)
public class ClockPause {

  @Bean
  @Primary
  Calls.Pause movesTheClock(TestClock clock) {
    return clock::advance;
  }
}
