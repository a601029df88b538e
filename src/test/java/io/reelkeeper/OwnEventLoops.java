package io.reelkeeper;

import java.time.Duration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/// Gives every application of the tests event loops of its own.
///
/// By default all share those of the process, and the first one that ends, or fails to start, takes
/// them away: a request that another one has just begun is then never answered.
public final class OwnEventLoops
    implements ApplicationContextInitializer<GenericApplicationContext> {

  @Override
  public void initialize(GenericApplicationContext context) {
    if (context.getParent() == null) {
      context.registerBean(
          ReactorResourceFactory.class,
          () -> {
            var resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            resources.setShutdownQuietPeriod(Duration.ZERO); // nobody asks an application that ends
            return resources;
          });
    }
  }
}
