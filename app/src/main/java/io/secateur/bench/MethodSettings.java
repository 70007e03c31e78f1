package io.secateur.bench;

import io.secateur.agent.AgentSearch;
import io.secateur.agent.MaskSearch;
import io.secateur.agent.PpoMaskSettings;
import io.secateur.agent.PpoSequentialSettings;
import io.secateur.agent.RankedSearch;
import io.secateur.agent.Ranking;
import io.secateur.agent.Reward;
import io.secateur.agent.SequentialSearch;
import io.secateur.defence.AdversarialNeuronPruning;
import io.secateur.defence.ChannelLipschitzness;
import io.secateur.defence.DefenceSettings;
import io.secateur.defence.FinePruning;
import io.secateur.defence.FineTuning;
import io.secateur.defence.FtSam;
import io.secateur.defence.IBau;
import io.secateur.defence.Nad;
import io.secateur.defence.ReconstructiveNeuronPruning;
import io.secateur.defence.Sau;
import io.secateur.defence.TriggerPruning;
import io.secateur.defence.TriggerSources;
import io.secateur.defence.TriggerUnlearning;
import io.secateur.graph.ConnectionGraph;
import io.secateur.prune.UnitKind;
import io.secateur.trigger.ChannelStimulation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a method by key. The published reading changes what they are when they are not
 * set; the keys stay the same. Only what the method asks for is read, and only that is accepted;
 * the record of a run holds all of it.
 */
final class MethodSettings implements DefenceSettings {
  /** How an agent acts. */
  enum Action {
    /** Draws whole masks. */
    MASK,
    /** Prunes one channel after the other. */
    STEPS
  }

  private static final Reward PAPER_REWARD = Reward.hard(2, 0.005);

  private final Settings values;
  private final boolean paper;
  private final boolean recover;

  /** Whether the method asked how it is to recover. */
  private boolean recovers;

  MethodSettings(Map<String, String> given, boolean paper, boolean recover) {
    this.values = new Settings(given);
    this.paper = paper;
    this.recover = recover;
  }

  @Override
  public TriggerPruning.Settings pruning() {
    TriggerPruning.Settings standard = TriggerPruning.Settings.DEFAULT;
    Reward reward = paper ? PAPER_REWARD : standard.reward();
    return new TriggerPruning.Settings(
        values.choice("units", paper ? UnitKind.FILTER : standard.units()),
        values.whole("stages", paper ? 2 : standard.stages()),
        new Reward(
            values.number("lambda", reward.lambda()),
            values.number("tau", reward.tau()),
            values.number("loss-weight", reward.lossWeight()),
            values.number("hard-share", reward.hardShare()),
            values.number("unit-price", reward.unitPrice())),
        values.whole("mixed", paper ? 0 : standard.mixed()),
        values.whole("rounds", paper ? 1 : standard.rounds()),
        values.number("remnant", standard.remnant()),
        standard.precision(),
        recovery());
  }

  private Optional<FineTuning.Settings> recovery() {
    recovers = true;
    return recover
        ? Optional.of(tuning(values, "recover-", FineTuning.Settings.DEFAULT))
        : Optional.empty();
  }

  @Override
  public FineTuning.Settings ft() {
    return tuning(values, "ft-", FineTuning.Settings.DEFAULT);
  }

  @Override
  public FinePruning.Settings fp() {
    return new PrunerKeys(values).fp();
  }

  @Override
  public AdversarialNeuronPruning.Settings anp() {
    return new PrunerKeys(values).anp();
  }

  @Override
  public ChannelLipschitzness.Settings clp() {
    return new PrunerKeys(values).clp();
  }

  @Override
  public ReconstructiveNeuronPruning.Settings rnp() {
    return new PrunerKeys(values).rnp();
  }

  @Override
  public ChannelStimulation.Settings stimulation() {
    return new PrunerKeys(values).stimulation();
  }

  @Override
  public Nad.Settings nad() {
    return new TunerKeys(values).nad();
  }

  @Override
  public FtSam.Settings ftSam() {
    return new TunerKeys(values).ftSam();
  }

  @Override
  public IBau.Settings iBau() {
    return new TunerKeys(values).iBau();
  }

  @Override
  public Sau.Settings sau() {
    return new TunerKeys(values).sau();
  }

  @Override
  public TriggerUnlearning.Settings nc() {
    return new TunerKeys(values).nc();
  }

  @Override
  public boolean hunt() {
    return values.truth("hunt", true);
  }

  /** Fine-tuning by the keys that begin with {@code prefix}. */
  static FineTuning.Settings tuning(Settings values, String prefix, FineTuning.Settings standard) {
    return new FineTuning.Settings(
        values.whole(prefix + "epochs", standard.epochs()),
        values.number(prefix + "rate", standard.learningRate()),
        values.whole(prefix + "batch", standard.batchSize()));
  }

  @Override
  public TriggerSources sources() {
    double strength = values.number("strength", paper ? 0 : TriggerSources.STRENGTH);
    return paper ? TriggerSources.paper(strength) : TriggerSources.standard(strength);
  }

  @Override
  public MaskSearch agent() {
    Action action = values.choice("action", paper ? Action.STEPS : Action.MASK);
    return switch (action) {
      case MASK -> masks();
      case STEPS -> steps();
    };
  }

  /** A search along an order that a rule gives. */
  RankedSearch ranked() {
    return new RankedSearch(
        values.choice("ranking", Ranking.ACTIVATION_CHANGE),
        values.whole("longest", RankedSearch.LONGEST));
  }

  private ConnectionGraph.Settings graph() {
    ConnectionGraph.Settings standard = ConnectionGraph.Settings.PAPER;
    return new ConnectionGraph.Settings(
        values.choice("graph", standard.reading()),
        values.number("edge-share", standard.edgeShare()),
        values.number("node-share", standard.nodeShare()));
  }

  private AgentSearch masks() {
    AgentSearch standard = AgentSearch.DEFAULT;
    PpoMaskSettings ppo = standard.ppo();
    boolean edgeless = values.truth("edgeless", standard.edgeless());
    boolean warmStart = values.truth("warm-start", standard.warmStart());
    return new AgentSearch(
        edgeless ? standard.graph() : graph(),
        edgeless,
        warmStart,
        values.truth("put-back", standard.putBack()),
        values.whole("clean-images", standard.cleanImages()),
        values.whole("triggered-images", standard.triggeredImages()),
        new PpoMaskSettings(
            values.choice("encoder", ppo.encoder()),
            values.whole("iterations", ppo.iterations()),
            values.whole("masks", ppo.masks()),
            warmStart
                ? ppo.startProbability()
                : values.number("start-probability", ppo.startProbability()),
            values.whole("epochs", ppo.epochs()),
            values.number("learning-rate", ppo.learningRate()),
            values.number("clip", ppo.clip()),
            values.number("entropy", ppo.entropy()),
            values.number("gradient-clip", ppo.gradientClip()),
            values.whole("candidate-every", ppo.candidateEvery()),
            values.whole("patience", ppo.patience())));
  }

  private SequentialSearch steps() {
    SequentialSearch standard = SequentialSearch.DEFAULT;
    PpoSequentialSettings ppo = standard.ppo();
    return new SequentialSearch(
        graph(),
        values.truth("drop-dormant", standard.dropDormant()),
        values.truth("agent-per-stage", standard.perGroup()),
        values.whole("clean-images", standard.cleanImages()),
        values.whole("triggered-images", standard.triggeredImages()),
        values.number("end-drop", standard.maxDrop()),
        values.number("end-success", standard.goal()),
        new PpoSequentialSettings(
            values.choice("encoder", ppo.encoder()),
            values.choice("credit", ppo.credit()),
            values.whole("episodes", ppo.episodes()),
            values.whole("episodes-per-update", ppo.episodesPerUpdate()),
            values.whole("steps", ppo.steps()),
            values.whole("channels-per-step", ppo.nodesPerStep()),
            values.whole("patience", ppo.patience()),
            values.number("gamma", ppo.gamma()),
            values.number("gae-lambda", ppo.lambda()),
            values.whole("epochs", ppo.epochs()),
            values.whole("minibatch", ppo.minibatch()),
            values.number("learning-rate", ppo.learningRate()),
            values.number("clip", ppo.clip()),
            values.number("entropy", ppo.entropy()),
            values.number("value-weight", ppo.valueWeight()),
            values.number("gradient-clip", ppo.gradientClip())));
  }

  /**
   * All values, for the record; call when all are read.
   *
   * @throws BadSetting if a key was given that nobody read, or a recovery asked of a method that
   *     has none
   */
  Map<String, String> used() {
    values.finish();
    if (recover && !recovers) {
      throw new BadSetting(
          "recover: this method has no fine-tuning after pruning; expected it with onp, or with a"
              + " rival that prunes under the same triggers");
    }
    Map<String, String> used = new LinkedHashMap<>(values.used());
    used.put("recover", String.valueOf(recover));
    used.put("paper", String.valueOf(paper));
    return used;
  }
}
