from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build(numbers: list[str], words: list[str]) -> Pipeline:
    filled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    coded = OneHotEncoder(handle_unknown="ignore")
    prepare = make_column_transformer((filled, numbers), (coded, words))
    return make_pipeline(prepare, LogisticRegression(C=10, max_iter=1000))
