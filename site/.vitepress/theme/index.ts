import { type Theme, useData } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import { defineAsyncComponent, defineComponent, h, onMounted, watch } from 'vue'
import './style.css'

/** The default layout; its first page lacks the landmark that all others have. */
const Layout = defineComponent({
  setup() {
    const { frontmatter } = useData()
    const mark = () => {
      const content = document.querySelector('#VPContent')
      if (frontmatter.value.layout === 'home') content?.setAttribute('role', 'main')
      else content?.removeAttribute('role')
    }
    onMounted(() => {
      mark()
      watch(frontmatter, mark, { flush: 'post' })
    })
    return () => h(DefaultTheme.Layout)
  },
})

/** The default theme, and the playground, which is loaded on its page only. */
const theme: Theme = {
  extends: DefaultTheme,
  Layout,
  enhanceApp({ app }) {
    app.component(
      'Playground',
      defineAsyncComponent(() => import('./components/playground.vue')),
    )
  },
}

export default theme
