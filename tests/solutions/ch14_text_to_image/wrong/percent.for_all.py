# expect: each object counts for itself
class Progress:
    """Tells percentages: each once, and 100 when the picture is stored."""

    last = 0

    def __init__(self, tell):
        self.tell = tell

    def on_step_end(self, pipe, step, timestep, tensors):
        self.reach(min(99, 100 * (step + 1) // pipe.num_timesteps))
        return tensors

    def stored(self):
        self.reach(100)

    def reach(self, percent):
        if percent > Progress.last:
            Progress.last = percent
            self.tell(percent)
