"""Times crowd-kit's Dawid-Skene on a CSV of votes (task,worker,label) and prints the seconds.

pip install crowd-kit==1.4.2 "scikit-learn<1.6" "pandas<2.3" "numpy<2.3"
"""

import sys
import time

import pandas
from crowdkit.aggregation import DawidSkene

votes = pandas.read_csv(sys.argv[1])
start = time.perf_counter()
DawidSkene(n_iter=100).fit_predict(votes)
print(time.perf_counter() - start)
